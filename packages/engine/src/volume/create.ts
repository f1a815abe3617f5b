import type { Volume, VolumeCreateBody } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import { ensureVolume } from './ensure.ts';
import { describeVolume } from './shape.ts';

/** POST /volumes/create: one that is there already is given back as it is. */
export async function createVolume(engine: Engine, body: VolumeCreateBody): Promise<Volume> {
  const { Name: name = '', Driver = 'local', DriverOpts, Labels } = body;
  if (Driver !== '' && Driver !== 'local')
    throw new Fault(
      'not-found',
      `create ${name}: error looking up volume plugin ${Driver}: plugin "${Driver}" not found`,
    );
  const [option] = Object.keys(DriverOpts ?? {});
  if (option !== undefined) throw new Fault('invalid', `create ${name}: invalid option: "${option}"`);
  return describeVolume(engine, ensureVolume(engine, name || undefined, { labels: Labels ?? {} }));
}
