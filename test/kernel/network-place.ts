import { createHash } from 'node:crypto';
import { type Lab, type LabOptions, type Machine, openLab } from '@pontoon/lab';
import {
  type EndpointIntent,
  type HostNetwork,
  macOf,
  type NetworkIntent,
  type Sandbox,
} from '@pontoon/network';

/** A lab, and a HostNetwork in a process of its own in the lab's host: the host is what a process was started in. */
export interface Place extends AsyncDisposable {
  lab: Lab;
  runRoot: string;
  /** Calls a verb of the HostNetwork there. */
  call<T>(verb: string, ...args: unknown[]): Promise<T>;
  /** kill -9, and a new process on the same run root. */
  restart(): Promise<void>;
  /** A command in a sandbox's namespace. */
  inside(sandbox: Sandbox): Machine;
}

export const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');

export function networkIntent(name: string, changes: Partial<NetworkIntent> = {}): NetworkIntent {
  return {
    ...{ id: idOf(name), name, driver: 'bridge', bridge: `br-${idOf(name).slice(0, 12)}` },
    subnets: [{ family: 4, subnet: '172.18.0.0/16', gateway: '172.18.0.1' }],
    ...{ internal: false, icc: true, masquerade: true, isDefault: false },
    ...changes,
  };
}

export function endpointIntent(
  network: NetworkIntent,
  name: string,
  address: string,
  changes: Partial<EndpointIntent> = {},
): EndpointIntent {
  const subnet = network.subnets[0]!;
  const id = idOf(`${network.name}/${name}`);
  return {
    ...{ id, networkId: network.id, containerId: idOf(name), interface: 'eth0' },
    ...{ hostLink: `veth${id.slice(0, 7)}`, mac: macOf(address), ports: [] },
    addresses: [{ family: subnet.family, address, prefixLength: Number(subnet.subnet.split('/')[1]) }],
    ...(subnet.family === 4 ? { gateway4: subnet.gateway } : { gateway6: subnet.gateway }),
    ...changes,
  };
}

export type Verbs = HostNetwork;
export { type Lab, type LabOptions, openLab };
