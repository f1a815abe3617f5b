import type { PortBinding, PortMap } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { PortRequest, Protocol, PublishedPort } from '@pontoon/network';

interface PortRange {
  protocol: Protocol;
  first: number;
  last: number;
}

/** "80/tcp", "80", "8000-8010/udp". @throws {Fault} invalid, with Docker's text */
export function parsePort(text: string): PortRange {
  const [, start = '', end, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text) ?? [];
  const [first, last] = [Number(start), Number(end ?? start)];
  const name = protocol.toLowerCase();
  if (name !== 'tcp' && name !== 'udp' && name !== 'sctp')
    throw new Fault('invalid', `invalid proto: ${protocol}`);
  if (start === '' || first < 1 || last > 65535 || last < first)
    throw new Fault('invalid', `invalid port specification: "${text}"`);
  return { protocol: name, first, last };
}

/** HostPort: '' for any free one, "8080", "8000-8010". */
function parseHostPort(text: string): { hostPort?: number; hostPortEnd?: number } {
  if (text === '') return {};
  const [, start = '', end] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [first, last] = [Number(start), Number(end ?? start)];
  if (start === '' || last > 65535 || last < first)
    throw new Fault('invalid', `invalid port specification: "${text}"`);
  return { hostPort: first, ...(end === undefined ? {} : { hostPortEnd: last }) };
}

/** What HostConfig.PortBindings (or a change of ports) asks for. @throws {Fault} invalid */
export function portRequests(bindings: PortMap): PortRequest[] {
  return Object.entries(bindings).flatMap(([port, wanted]) => {
    const { protocol, first, last } = parsePort(port);
    return (wanted ?? []).map(({ HostIp, HostPort, Allow }: PortBinding) => ({
      ...{ protocol, containerPort: first },
      ...(last > first ? { containerPortEnd: last } : {}),
      ...(HostIp ? { hostAddress: HostIp.replace(/^\[(.*)\]$/, '$1') } : {}),
      ...parseHostPort(HostPort ?? ''),
      ...(Allow?.length ? { allow: Allow } : {}),
    }));
  });
}

/** `--publish-all`: every exposed port that is not published already gets a free one. */
export function exposedRequests(exposed: Record<string, object>, bindings: PortMap): PortRequest[] {
  return Object.keys(exposed)
    .filter((port) => !bindings[port]?.length)
    .flatMap((port) => {
      const { protocol, first, last } = parsePort(port);
      return Array.from({ length: last - first + 1 }, (_, offset) => ({
        ...{ protocol, containerPort: first + offset },
      }));
    });
}

/** What is published, one entry a container port, as inspect shows it. */
export function publishedMap(ports: PublishedPort[]): Record<string, PortBinding[]> {
  const map: Record<string, PortBinding[]> = {};
  for (const { protocol, containerPort, hostAddress, hostPort, count, allow } of ports) {
    for (let offset = 0; offset < count; offset++) {
      const key = `${containerPort + offset}/${protocol}`;
      map[key] ??= [];
      map[key].push({
        ...{ HostIp: hostAddress, HostPort: String(hostPort + offset) },
        ...(allow?.length ? { Allow: allow } : {}),
      });
    }
  }
  return map;
}
