import { closeSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { attempt, must } from './ffi.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_CLOEXEC = 0x80000;
const KINDS = { tcp: [1, 6], udp: [2, 17], sctp: [1, 132] } as const;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

/** A port of the host that nobody else can take, for as long as it is held. */
export interface BoundPort {
  readonly descriptor: number;
  readonly port: number;
  close(): void;
}

/**
 * Binds a port without listening on it: bind(2). IPv6 sockets take IPv6 only (ipv6(7), IPV6_V6ONLY).
 * @param o.port 0 for any of the ephemeral range
 * @param o.reuse despite connections of an earlier listener that are still open (socket(7), SO_REUSEADDR): the port is
 *   held against others from `listenOn` on
 * @throws {SystemError} EADDRINUSE, EADDRNOTAVAIL, EACCES; EPROTONOSUPPORT where the kernel lacks SCTP
 */
export function bindPort(o: {
  protocol: 'tcp' | 'udp' | 'sctp';
  address: string;
  port: number;
  reuse?: boolean;
}): BoundPort {
  const six = isIPv6(o.address);
  const [type, protocol] = KINDS[o.protocol];
  const descriptor = must('socket', six ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, protocol);
  try {
    if (six) must('setsockopt', descriptor, IPPROTO_IPV6, IPV6_V6ONLY, int32(1), 4);
    if (o.reuse) must('setsockopt', descriptor, SOL_SOCKET, SO_REUSEADDR, int32(1), 4);
    const name = six ? socketAddress6(o.address, o.port) : socketAddress4(o.address, o.port);
    must('bind', descriptor, name, name.length);
    return { descriptor, port: o.port || boundTo(descriptor), close: () => closeSync(descriptor) };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Turns a bound TCP socket into a listening one: listen(2). */
export function listenOn(port: BoundPort, backlog = 128): void {
  must('listen', port.descriptor, backlog);
}

function boundTo(descriptor: number): number {
  const name = Buffer.alloc(28);
  attempt('getsockname', descriptor, name, int32(name.length));
  return name.readUInt16BE(2);
}

/** struct sockaddr_in: ip(7) */
function socketAddress4(address: string, port: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(address.split('.').map(Number), 4);
  return bytes;
}

/** struct sockaddr_in6: ipv6(7) */
function socketAddress6(address: string, port: number): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt16LE(AF_INET6, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(addressBytes6(address), 8);
  return bytes;
}

/** RFC 4291, section 2.2. */
function addressBytes6(address: string): Uint8Array {
  const [before = '', after] = address.split('::');
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  const all = [...head, ...new Array(8 - head.length - tail.length).fill(0), ...tail];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
