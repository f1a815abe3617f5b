import type { Sandbox } from '../intent.ts';
import { aliasOf, type Owner } from '../names.ts';
import type { Step } from '../plan.ts';
import type { Connection } from './bridge.ts';
import { ownParentName } from './network.ts';

/** An endpoint on a macvlan network: a link inside that stands on one of the host's, with a MAC address of its own. */
export function macvlan(sandbox: Sandbox, { network, endpoint, wire }: Connection, owner: Owner): Step {
  return {
    ...{
      kind: 'macvlan',
      parent: network.parent || ownParentName(network.id),
      mode: network.macvlanMode ?? 'bridge',
      mtu: wire.mtu,
    },
    alias: aliasOf(owner, endpoint.id),
    inside: {
      ...{ namespace: sandbox.path, name: endpoint.interface, mac: endpoint.mac },
      ipv6: endpoint.addresses.some(({ family }) => family === 6),
    },
  };
}
