import { closeSync } from 'node:fs';
import { attempt, must, sendAside } from './ffi.ts';

/** A netlink socket: netlink(7). The kernel answers before `send` returns, so that `receive` never waits for long. */
export interface NetlinkSocket {
  readonly descriptor: number;
  /** One datagram to the kernel. @throws {SystemError} */
  send(bytes: Uint8Array): void;
  /**
   * Like `send`, on another thread: some requests keep the sender in the kernel for long (deleting a link waits until no
   * processor can see it any more: some 10 ms). Resolves when `receive` has the answer; the thread goes on if we die.
   */
  sendAside(bytes: Uint8Array): Promise<void>;
  /** One datagram. @throws {SystemError} EAGAIN after ten seconds; ENOBUFS when notices were lost */
  receive(): Buffer;
  /** Like `receive`, but undefined at once where nothing is there. */
  poll(): Buffer | undefined;
  /** Asks for the notices of a multicast group: NETLINK_ADD_MEMBERSHIP. */
  join(group: number): void;
  close(): void;
}

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0x80000;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_RCVTIMEO = 20;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;
const MSG_DONTWAIT = 0x40;
const EAGAIN = 11;

/** A transaction of some thousand elements is one datagram. */
const BUFFER_BYTES = 4 << 20;
/** Of a dump the kernel fills at most 32 KiB a datagram (netlink_dump in net/netlink/af_netlink.c). */
const DATAGRAM_BYTES = 1 << 17;
const TIMEOUT_S = 10;

/**
 * @param protocol NETLINK_ROUTE (0), NETLINK_SOCK_DIAG (4), NETLINK_NETFILTER (12)
 * @throws {SystemError} EPROTONOSUPPORT where the kernel lacks the protocol
 */
export function openNetlink(protocol: number): NetlinkSocket {
  const descriptor = must('socket', AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  const buffer = Buffer.allocUnsafe(DATAGRAM_BYTES);
  try {
    for (const option of [NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK]) {
      attempt('setsockopt', descriptor, SOL_NETLINK, option, int32(1), 4); // older kernels lack some: not needed
    }
    sizeBuffers(descriptor);
    must('setsockopt', descriptor, SOL_SOCKET, SO_RCVTIMEO, seconds(TIMEOUT_S), 16);
    // Without a port id of its own a socket counts as the kernel, which nft's notices are not told: do_one_broadcast
    // in net/netlink/af_netlink.c leaves out the sender's own port id, and that is 0.
    must('bind', descriptor, anyPort(), 12);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return {
    descriptor,
    send: (bytes) => void must('send', descriptor, bytes, bytes.length, 0),
    sendAside: (bytes) => sendAside(descriptor, bytes),
    receive: () => copy(buffer, must('recv', descriptor, buffer, buffer.length, 0)),
    poll: () => {
      const length = attempt('recv', descriptor, buffer, buffer.length, MSG_DONTWAIT);
      if (length === -EAGAIN) return undefined;
      return length < 0 ? Buffer.alloc(0) : copy(buffer, length);
    },
    join: (group) =>
      void must('setsockopt', descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, int32(group), 4),
    close: () => closeSync(descriptor),
  };
}

/** The forced forms pass the system's limit and need CAP_NET_ADMIN; the others take what the limit allows. */
function sizeBuffers(descriptor: number): void {
  for (const [forced, plain] of [
    [SO_SNDBUFFORCE, SO_SNDBUF],
    [SO_RCVBUFFORCE, SO_RCVBUF],
  ] as const) {
    const size = int32(BUFFER_BYTES);
    if (attempt('setsockopt', descriptor, SOL_SOCKET, forced, size, 4) < 0) {
      attempt('setsockopt', descriptor, SOL_SOCKET, plain, size, 4);
    }
  }
}

/** struct sockaddr_nl: the kernel chooses the port id. */
function anyPort(): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16LE(AF_NETLINK, 0);
  return bytes;
}

function copy(buffer: Buffer, length: number): Buffer {
  return Buffer.from(buffer.subarray(0, length));
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** struct timeval on 64-bit machines. */
function seconds(value: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(BigInt(value), 0);
  return bytes;
}
