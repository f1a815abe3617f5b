import { prefix } from '../address.ts';
import { gatewayMode, networkElements } from '../firewall/elements.ts';
import type { NetworkIntent, Subnet } from '../intent.ts';
import { macOf } from '../ipam/mac.ts';
import { aliasOf, type Owner } from '../names.ts';
import type { Plan } from '../plan.ts';
import type { Wire } from './wire.ts';

/**
 * What a bridge network itself is: the bridge, the gateway's addresses on it, and its elements in the firewall.
 * @param foreign the bridge was there before the network: it is used, and keeps its own settings
 */
export function networkPlan(network: NetworkIntent, owner: Owner, wire: Wire, foreign = false): Plan {
  if (network.driver !== 'bridge') return network.parent ? [] : ownParent(network, owner);
  const { bridge } = network;
  const gateways = network.subnets.filter((subnet) => hasGateway(network, subnet));
  const mac =
    network.subnets[0] && macOf(network.subnets[0].gateway || network.subnets[0].subnet.split('/')[0]!);
  const ipv6 = network.subnets.some(({ family }) => family === 6);
  return [
    {
      ...{ kind: 'bridge', name: bridge, alias: aliasOf(owner, network.id), mac, adopt: foreign },
      ...{ mtu: wire.mtu, offload: wire.offload },
    },
    ...(foreign ? [] : ownBridge(bridge, ipv6)),
    // What is published on 127.0.0.1 leaves to the bridge from there, and the answers come back to there.
    { kind: 'sysctl', key: `net.ipv4.conf.${bridge}.route_localnet`, value: '1' },
    ...gateways.map(({ gateway, subnet }) => ({
      ...{ kind: 'address' as const, link: bridge, address: gateway, prefixLength: prefix(subnet).length },
    })),
    { kind: 'up', link: bridge },
    { kind: 'elements', elements: networkElements(network) },
  ];
}

function ownBridge(bridge: string, ipv6: boolean): Plan {
  return [
    // A router that sends advertisements on the bridge must not reconfigure the host: Docker sets the same.
    { kind: 'sysctl', key: `net.ipv6.conf.${bridge}.accept_ra`, value: '0' },
    { kind: 'sysctl', key: `net.ipv6.conf.${bridge}.disable_ipv6`, value: ipv6 ? '0' : '1' },
  ];
}

/**
 * What a macvlan network without a parent stands on. Docker takes a dummy link, a driver that many kernels lack; a veth
 * pair has what is needed, a carrier.
 */
function ownParent({ id }: NetworkIntent, owner: Owner): Plan {
  const name = ownParentName(id);
  return [{ kind: 'pair', name, peer: `dp-${id.slice(0, 12)}`, alias: aliasOf(owner, id) }];
}

/** Docker's name for it. */
export const ownParentName = (id: string): string => `dm-${id.slice(0, 12)}`;

const hasGateway = (network: NetworkIntent, { family, gateway }: Subnet): boolean =>
  gateway !== '' && gatewayMode(network, family) !== 'isolated';
