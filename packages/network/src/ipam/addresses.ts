import { Fault } from '@pontoon/fault';
import { contains, firstOf, formatAddress, lastOf, parseAddress, prefix, sizeOf } from '../address.ts';
import type { Subnet } from '../intent.ts';

/**
 * The addresses of one subnet that are in use. Docker hands out the lowest that is free: an address is back in use as
 * soon as it was given back (moby, libnetwork/ipams/defaultipam: only swarm asks for "serial" order).
 */
export class AddressSpace {
  readonly subnet: Subnet;
  readonly #taken = new Set<bigint>();
  readonly #first: bigint;
  readonly #last: bigint;
  /** No free address is below this one: a full /16 is not walked from its start for each container. */
  #lowest: bigint;

  constructor(subnet: Subnet) {
    this.subnet = subnet;
    const whole = prefix(subnet.subnet);
    const range = prefix(subnet.range ?? subnet.subnet);
    this.#first = firstOf(range).value;
    this.#last = lastOf(range).value;
    this.#lowest = this.#first;
    if (sizeOf(whole) > 2n) {
      this.#taken.add(firstOf(whole).value); // the network's own; in IPv6 the routers' anycast, RFC 4291 section 2.6.1
      if (whole.family === 4) this.#taken.add(lastOf(whole).value); // broadcast
    }
    const reserved = [subnet.gateway, ...Object.values(subnet.auxiliary ?? {})].filter((text) => text !== '');
    for (const text of reserved) this.#taken.add(parseAddress(text)!.value);
  }

  /** The wanted address, or the lowest free one; `undefined` where the subnet is full. */
  take(wanted?: string): string | undefined {
    if (wanted !== undefined) return this.#takeThis(wanted);
    for (let value = this.#lowest; value <= this.#last; value++) {
      if (this.#taken.has(value)) continue;
      this.#taken.add(value);
      this.#lowest = value + 1n;
      return this.#text(value);
    }
    this.#lowest = this.#last + 1n;
    return undefined;
  }

  #takeThis(wanted: string): string {
    const parsed = parseAddress(wanted);
    if (!parsed) throw new Fault('invalid', `invalid IPv${this.subnet.family} address: ${wanted}`);
    if (!contains(prefix(this.subnet.subnet), parsed))
      throw new Fault('invalid', `no configured subnet or ip-range contain the IP address ${wanted}`);
    if (this.#taken.has(parsed.value)) throw new Fault('forbidden', 'Address already in use');
    this.#taken.add(parsed.value);
    return formatAddress(parsed);
  }

  /** Giving back what is not taken is fine. The gateway and the reserved ones stay taken. */
  release(text: string): void {
    const value = parseAddress(text)?.value;
    if (value === undefined || this.#isReserved(value)) return;
    this.#taken.delete(value);
    if (value >= this.#first && value < this.#lowest) this.#lowest = value;
  }

  #isReserved(value: bigint): boolean {
    const whole = prefix(this.subnet.subnet);
    const edges =
      sizeOf(whole) > 2n ? [firstOf(whole).value, ...(whole.family === 4 ? [lastOf(whole).value] : [])] : [];
    const texts = [this.subnet.gateway, ...Object.values(this.subnet.auxiliary ?? {})];
    return edges.includes(value) || texts.some((text) => parseAddress(text)?.value === value);
  }

  #text(value: bigint): string {
    return formatAddress({ family: this.subnet.family, value });
  }
}
