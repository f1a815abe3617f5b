import { Fault } from '@pontoon/fault';
import type { BoundPort } from '@pontoon/sys';
import { familyOf, isUnspecified } from '../address.ts';
import type { EndpointAddress, PublishedPort } from '../intent.ts';
import type { Forwarder } from './forward.ts';
import { bindEach, bracketed, refuseListeners } from './held-port.ts';
import { overlap, without } from './ranges.ts';

/** Up to here each port is held by a socket of its own; wider ranges would use up the descriptors. */
const HELD_EACH = 256;

/** What holds one port: a socket, the forwarder that works on it, or nothing where the kernel had no socket to give. */
export type Held = { socket?: BoundPort; forwarder?: Forwarder };

/** Who has which port of the host, by number, so that one more costs the same with ten taken and with ten thousand. */
export class Holdings {
  /** Protocol, family and number; then by host address. */
  readonly #single = new Map<string, Map<string, Held>>();
  #wide: PublishedPort[] = [];

  /** @throws {Fault} internal, with the text of moby's portallocator; then nothing is taken */
  take(port: PublishedPort, addresses: EndpointAddress[]): void {
    this.#refuseTaken(port);
    if (port.count > HELD_EACH) {
      refuseListeners(port, addresses);
      this.#wide.push(port);
      return;
    }
    const sockets = bindEach(port, addresses);
    for (let offset = 0; offset < port.count; offset++) this.#put(port, offset, { socket: sockets[offset] });
  }

  /** Notes a port that could not be held, so that no second container gets it. */
  note(port: PublishedPort): void {
    if (port.count > HELD_EACH) this.#wide.push(port);
    else for (let offset = 0; offset < port.count; offset++) this.#put(port, offset, {});
  }

  has(port: PublishedPort): boolean {
    const isIn = (wide: PublishedPort) => wide.hostAddress === port.hostAddress && overlap(wide, port);
    return this.at(port, 0) !== undefined || this.#wide.some(isIn);
  }

  /** What holds the port at that distance from the first; undefined in ranges that no sockets hold. */
  at(port: PublishedPort, offset: number): Held | undefined {
    return this.#single.get(numberKey(port, port.hostPort + offset))?.get(port.hostAddress);
  }

  /** A part of what was taken in one may go by itself. */
  release(port: PublishedPort): void {
    for (let offset = 0; offset < port.count; offset++) this.#drop(port, offset);
    const touched = (wide: PublishedPort) => wide.hostAddress === port.hostAddress && overlap(wide, port);
    if (this.#wide.some(touched))
      this.#wide = this.#wide.flatMap((wide) => (touched(wide) ? without(wide, port) : [wide]));
  }

  close(): void {
    for (const byAddress of this.#single.values()) for (const held of byAddress.values()) closeHeld(held);
    this.#single.clear();
    this.#wide = [];
  }

  #put(port: PublishedPort, offset: number, held: Held): void {
    const key = numberKey(port, port.hostPort + offset);
    const byAddress = this.#single.get(key) ?? new Map<string, Held>();
    this.#single.set(key, byAddress.set(port.hostAddress, held));
  }

  #drop(port: PublishedPort, offset: number): void {
    const key = numberKey(port, port.hostPort + offset);
    const byAddress = this.#single.get(key);
    const held = byAddress?.get(port.hostAddress);
    if (!byAddress || !held) return;
    closeHeld(held);
    byAddress.delete(port.hostAddress);
    if (byAddress.size === 0) this.#single.delete(key);
  }

  #refuseTaken(port: PublishedPort): void {
    const wide = this.#wide.find(
      (other) => overlap(other, port) && meet(other.hostAddress, port.hostAddress),
    );
    if (wide) throw taken(port, Math.max(wide.hostPort, port.hostPort));
    for (let number = port.hostPort; number < port.hostPort + port.count; number++) {
      const others = this.#single.get(numberKey(port, number))?.keys() ?? [];
      for (const other of others) if (meet(other, port.hostAddress)) throw taken(port, number);
    }
  }
}

function closeHeld({ socket, forwarder }: Held): void {
  // A forwarder has made the socket its own: closed twice, the number might be another's by then.
  if (forwarder) forwarder.close();
  else socket?.close();
}

const numberKey = ({ protocol, hostAddress }: PublishedPort, number: number): string =>
  `${protocol} ${familyOf(hostAddress)} ${number}`;

const meet = (a: string, b: string): boolean => a === b || isUnspecified(a) || isUnspecified(b);

const taken = ({ hostAddress }: PublishedPort, number: number): Fault =>
  new Fault('internal', `Bind for ${bracketed(hostAddress)}:${number} failed: port is already allocated`);
