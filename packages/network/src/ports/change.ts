import type { Connection } from '@pontoon/netlink';
import { changeElements } from '../firewall/change.ts';
import { describeElement, portElements } from '../firewall/elements.ts';
import { forgetDatagrams, type Led } from '../firewall/forget.ts';
import type { EndpointIntent, NetworkIntent, PublishedPort } from '../intent.ts';
import { joined, singles } from './ranges.ts';

/** What an endpoint publishes before and after. */
export interface PortsChange {
  network: NetworkIntent;
  endpoint: EndpointIntent;
  before: PublishedPort[];
  after: PublishedPort[];
}

/**
 * Any number of endpoints' ports in one transaction of the kernel: a port that goes from one to the other is never
 * nobody's. Elements that stay are not touched. What is established drains; flows of datagrams are forgotten, those of
 * the ports that changed and no others.
 */
export function changePublished(netfilter: Connection, changes: PortsChange[]): void {
  const elements = (when: 'before' | 'after') =>
    new Map(
      changes
        .flatMap((change) => portElements(change.network, change.endpoint, change[when]))
        .map((element) => [describeElement(element), element]),
    );
  const [before, after] = [elements('before'), elements('after')];
  changeElements(netfilter, [
    { verb: 'delete', elements: [...before].filter(([text]) => !after.has(text)).map(([, one]) => one) },
    { verb: 'add', elements: [...after].filter(([text]) => !before.has(text)).map(([, one]) => one) },
  ]);
  forgetDatagrams(netfilter, changes.map(gone));
}

/** Port by port: of a range that was cut, the rest goes on. */
function gone({ endpoint, before, after }: PortsChange): Led {
  const udp = (ports: PublishedPort[]) => singles(ports.filter(({ protocol }) => protocol === 'udp'));
  const kept = new Set(udp(after).map(placeOf));
  return { endpoint, ports: joined(udp(before).filter((port) => !kept.has(placeOf(port)))) };
}

const placeOf = ({ hostAddress, hostPort, containerPort }: PublishedPort): string =>
  `${hostAddress} ${hostPort} ${containerPort}`;
