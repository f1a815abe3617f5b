import { existsSync } from 'node:fs';
import type { MountRequest } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { cleanPath, PROPAGATIONS } from './bind.ts';

/**
 * An entry of HostConfig.Mounts, checked with Docker's texts (moby, volume/mounts/validate.go).
 * @throws {Fault} invalid
 */
export function checkRequest(request: MountRequest): MountRequest {
  const refuse = (why: string) =>
    new Fault('invalid', `invalid mount config for type "${request.Type}": ${why}`);
  if (!['bind', 'volume', 'tmpfs'].includes(request.Type)) {
    throw refuse('mount type unknown');
  }
  if (!request.Target) throw refuse('field Target must not be empty');
  if (!request.Target.startsWith('/')) {
    throw refuse(`invalid mount path: '${request.Target}' mount path must be absolute`);
  }
  const target = cleanPath(request.Target);
  if (target === '/') throw refuse("invalid specification: destination can't be '/'");
  checkOptions(request, refuse);
  if (request.Type === 'bind') checkBind(request, refuse);
  if (request.Type === 'tmpfs' && request.Source) throw refuse('field Source must not be specified');
  return { ...request, Target: target };
}

const OPTIONS = { bind: 'BindOptions', volume: 'VolumeOptions', tmpfs: 'TmpfsOptions' } as const;

function checkOptions(request: MountRequest, refuse: (why: string) => Fault): void {
  for (const [type, field] of Object.entries(OPTIONS)) {
    if (type !== request.Type && request[field as 'BindOptions']) {
      throw refuse(`field ${field} must not be specified`);
    }
  }
}

function checkBind(request: MountRequest, refuse: (why: string) => Fault): void {
  const { Source: source = '', BindOptions } = request;
  const propagation = BindOptions?.Propagation || 'rprivate';
  if (!PROPAGATIONS.includes(propagation)) throw refuse(`invalid propagation mode: ${propagation}`);
  if (source === '') throw refuse('field Source must not be empty');
  if (!source.startsWith('/')) throw refuse(`invalid mount path: '${source}' mount path must be absolute`);
  if (!existsSync(source) && !BindOptions?.CreateMountpoint) {
    throw refuse(`bind source path does not exist: ${source}`);
  }
}
