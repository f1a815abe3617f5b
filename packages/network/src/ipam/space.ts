import { Fault } from '@pontoon/fault';
import { contains, parseAddress, prefix } from '../address.ts';
import type { Family, NetworkIntent, NetworkState } from '../intent.ts';
import { AddressSpace } from './addresses.ts';

/** Which addresses of which network are in use; rebuilt from the intent when the daemon starts. */
export class Addresses {
  readonly #spaces = new Map<string, AddressSpace[]>();

  #of(network: NetworkIntent): AddressSpace[] {
    const known = this.#spaces.get(network.id);
    if (known) return known;
    const made = network.subnets.map((subnet) => new AddressSpace(subnet));
    this.#spaces.set(network.id, made);
    return made;
  }

  assign(network: NetworkIntent, family: Family, wanted?: string): string {
    const spaces = this.#of(network).filter(({ subnet }) => subnet.family === family);
    if (wanted !== undefined) return choose(spaces, wanted).take(wanted)!;
    for (const space of spaces) {
      const address = space.take();
      if (address !== undefined) return address;
    }
    // moby, libnetwork/endpoint.go: assignAddressVersion
    throw new Fault(
      'unavailable',
      `no available IPv${family} addresses on this network's address pools: ${network.name} (${network.id})`,
    );
  }

  release(network: NetworkIntent, address: string): void {
    const parsed = parseAddress(address);
    for (const space of this.#of(network)) {
      if (parsed && contains(prefix(space.subnet.subnet), parsed)) space.release(address);
    }
  }

  forget(network: NetworkIntent): void {
    this.#spaces.delete(network.id);
  }

  /** Takes what the endpoints have; two with one address (of a store that was tampered with) are no reason to stop. */
  adopt({ networks, sandboxes }: NetworkState): void {
    for (const network of networks) this.forget(network);
    const byId = new Map(networks.map((network) => [network.id, network]));
    for (const endpoint of sandboxes.flatMap(({ endpoints }) => endpoints)) {
      const network = byId.get(endpoint.networkId);
      if (!network) continue;
      for (const { family, address } of endpoint.addresses) this.#adoptOne(network, family, address);
    }
  }

  #adoptOne(network: NetworkIntent, family: Family, address: string): void {
    try {
      this.assign(network, family, address);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
}

function choose(spaces: AddressSpace[], wanted: string): AddressSpace {
  const parsed = parseAddress(wanted);
  if (!parsed) throw new Fault('invalid', `invalid IP address: ${wanted}`);
  const space = spaces.find(({ subnet }) => contains(prefix(subnet.subnet), parsed));
  if (!space) throw new Fault('invalid', `no configured subnet or ip-range contain the IP address ${wanted}`);
  return space;
}
