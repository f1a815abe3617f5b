import { isIP } from 'node:net';
import type { PortBinding, PortMap } from '@pontoon/api';
import { Fault } from '@pontoon/fault';

export interface PublishedPorts {
  exposed: Record<string, object>;
  bindings: PortMap;
}

interface Range {
  start: number;
  end: number;
}

/**
 * All `--publish` and `--expose` of a command line. Texts of the Faults are those of Docker's client.
 * `[[address:]host port:]container port[/protocol]`, ports as ranges too; ours is `,allow=CIDR` behind any form.
 */
export function readPorts(publish: string[], expose: string[] = []): PublishedPorts {
  const exposed: Record<string, object> = {};
  const bindings: PortMap = {};
  for (const { port, binding } of publish.flatMap(readPublish)) {
    exposed[port] = {};
    bindings[port] = [...(bindings[port] ?? []), binding];
  }
  for (const port of expose.flatMap(readExpose)) exposed[port] = {};
  return { exposed, bindings };
}

export function readPublish(given: string): { port: string; binding: PortBinding }[] {
  const { spec, allow } = splitAllow(given);
  const { address, hostPort, containerPort, protocol } = splitSpec(standardForm(spec));
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) throw new Fault('invalid', `invalid proto: ${protocol}`);
  if (address !== '' && isIP(address) === 0) throw new Fault('invalid', `invalid IP address: ${address}`);
  if (containerPort === '') throw new Fault('invalid', `no port specified: ${spec}<empty>`);
  const inside = readRange(containerPort) ?? invalid(`invalid containerPort: ${containerPort}`);
  const outside =
    hostPort === '' ? undefined : (readRange(hostPort) ?? invalid(`invalid hostPort: ${hostPort}`));
  const isSingle = inside.start === inside.end;
  if (outside && !isSingle && outside.end - outside.start !== inside.end - inside.start)
    invalid(`invalid ranges specified for container and host Ports: ${containerPort} and ${hostPort}`);
  const hostPortAt = (offset: number): string => {
    if (!outside) return '';
    // One container port and a range of host ports: the engine takes the first that is free.
    if (isSingle && outside.start !== outside.end) return `${outside.start}-${outside.end}`;
    return `${outside.start + offset}`;
  };
  return Array.from({ length: inside.end - inside.start + 1 }, (_, offset) => ({
    port: `${inside.start + offset}/${protocol}`,
    binding: { HostIp: address, HostPort: hostPortAt(offset), ...(allow.length > 0 ? { Allow: allow } : {}) },
  }));
}

function readExpose(given: string): string[] {
  if (given.includes(':')) invalid(`invalid port format for --expose: ${given}`);
  const [ports = '', protocol = 'tcp'] = given.split('/');
  const range = readRange(ports);
  if (!range) {
    const wrong = ports.split('-').find((port) => !isPort(port)) ?? ports;
    throw new Fault(
      'invalid',
      `invalid range format for --expose: ${given}, error: strconv.ParseUint: parsing "${wrong}": invalid syntax`,
    );
  }
  const { start, end } = range;
  return Array.from(
    { length: end - start + 1 },
    (_, offset) => `${start + offset}/${protocol.toLowerCase()}`,
  );
}

/** `5432:5432,allow=198.51.100.0/24,allow=203.0.113.7` → the part that Docker knows, and the sources let in. */
function splitAllow(given: string): { spec: string; allow: string[] } {
  const parts = given.split(',');
  const allow = parts.filter((part) => part.startsWith('allow=')).map((part) => part.slice('allow='.length));
  for (const source of allow) if (!isSource(source)) invalid(`invalid allow: ${source}`);
  return { spec: parts.filter((part) => !part.startsWith('allow=')).join(','), allow };
}

function isSource(source: string): boolean {
  const [address = '', length, ...more] = source.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return length === undefined || (/^\d+$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}

/** `published=8080,target=80,protocol=udp` → `8080:80/udp`. */
function standardForm(spec: string): string {
  if (!spec.includes('=')) return spec;
  const fields = new Map<string, string>();
  for (const part of spec.split(',')) {
    const at = part.indexOf('=');
    if (at < 1 || at === part.length - 1)
      invalid(`invalid publish opts format (should be name=value but got '${part}')`);
    fields.set(part.slice(0, at), part.slice(at + 1));
  }
  const published = fields.get('published');
  return `${published ? `${published}:` : ''}${fields.get('target') ?? ''}/${fields.get('protocol') ?? 'tcp'}`;
}

function splitSpec(spec: string) {
  const parts = spec.split(':');
  const [containerPort = '', protocol = ''] = (parts.pop() ?? '').split('/');
  const hostPort = parts.pop() ?? '';
  const address = parts.join(':').replace(/^\[(.*)\]$/, '$1');
  return { address, hostPort, containerPort, protocol: protocol === '' ? 'tcp' : protocol.toLowerCase() };
}

function readRange(ports: string): Range | undefined {
  const [first = '', last = first, ...more] = ports.split('-');
  if (more.length > 0 || !isPort(first) || !isPort(last) || Number(last) < Number(first)) return undefined;
  return { start: Number(first), end: Number(last) };
}

const isPort = (port: string): boolean => /^\d+$/.test(port) && Number(port) <= 65535;

function invalid(message: string): never {
  throw new Fault('invalid', message);
}
