import type { ContainerUpdateBody, ContainerUpdateResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { hostFacts } from '@pontoon/oci';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { isRunning } from '../record.ts';
import { resourcesOf } from '../spec/resources.ts';
import { requireContainer } from './find.ts';
import { validateRestart } from './validate/host.ts';
import { validateResources } from './validate/resources.ts';

/** POST /containers/{id}/update: limits, live where it runs, and the restart policy. */
export function updateContainer(
  engine: Engine,
  ref: string,
  body: ContainerUpdateBody,
): Promise<ContainerUpdateResponse> {
  const { id } = requireContainer(engine, ref);
  return engine.queues.run(id, async () => {
    const record = requireContainer(engine, id);
    if (record.state.Status === 'removing' || record.state.Status === 'dead') {
      throw new Fault(
        'conflict',
        `Cannot update container ${id}: container is marked for removal and cannot be "update".`,
      );
    }
    const { RestartPolicy, ...given } = body;
    const limits = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== null && value !== 0 && value !== ''),
    );
    const hostConfig = { ...record.hostConfig, ...limits };
    if (RestartPolicy?.Name) {
      validateRestart(RestartPolicy, record.hostConfig.AutoRemove ?? false);
      hostConfig.RestartPolicy = { MaximumRetryCount: 0, ...RestartPolicy };
    }
    if (limits.CpuQuota && record.hostConfig.NanoCpus) throw setAlready(id, 'CPU Quota', 'NanoCPUs');
    if (limits.CpuPeriod && record.hostConfig.NanoCpus) throw setAlready(id, 'CPU Period', 'NanoCPUs');
    const warnings = validateResources(hostConfig, hostFacts().supports);
    if (isRunning(record) && Object.keys(limits).length > 0) {
      await engine.containers.update(id, resourcesOf(limits));
    }
    record.hostConfig = hostConfig;
    engine.store.containers.save(record);
    containerEvent(engine, record, 'update');
    return { Warnings: warnings.length > 0 ? warnings : null };
  });
}

/** moby, container/container_unix.go, UpdateContainer. */
function setAlready(id: string, wanted: string, present: string): Fault {
  const why = `Conflicting options: ${wanted} cannot be updated as ${present} has already been set`;
  return new Fault('conflict', `Cannot update container ${id}: ${why}`);
}
