import type { Namespaces } from '@pontoon/oci';
import { joinedContainer } from '../container/joined.ts';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';

/** The namespaces that are not the container's own, besides the network's. @throws {Fault} with Docker's texts */
export function namespacesOf(engine: Engine, record: ContainerRecord): Namespaces {
  const { PidMode = '', IpcMode = '', UTSMode = '', CgroupnsMode = '' } = record.hostConfig;
  return {
    ...sharedIpc(engine, record, IpcMode),
    ...(PidMode === 'host' ? { pid: 'host' } : {}),
    ...(PidMode.startsWith('container:')
      ? { pid: namespaceOf(engine, record, PidMode, 'pid', 'PID namespace') }
      : {}),
    ...(UTSMode === 'host' ? { uts: 'host' } : {}),
    ...(CgroupnsMode === 'host' || CgroupnsMode === 'private' ? { cgroup: CgroupnsMode } : {}),
  };
}

function sharedIpc(engine: Engine, record: ContainerRecord, mode: string): Namespaces {
  if (mode === 'host') return { ipc: 'host' };
  if (mode === 'none') return { shm: 'none' };
  if (!mode.startsWith('container:')) return {};
  const target = joinedContainer(engine, record, mode.slice('container:'.length), 'IPC');
  return { ipc: `/proc/${target.state.Pid}/ns/ipc`, shm: `/proc/${target.state.Pid}/root/dev/shm` };
}

function namespaceOf(
  engine: Engine,
  record: ContainerRecord,
  mode: string,
  type: string,
  what: string,
): string {
  const target = joinedContainer(engine, record, mode.slice('container:'.length), what);
  return `/proc/${target.state.Pid}/ns/${type}`;
}
