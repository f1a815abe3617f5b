import { linkByName, type Connection as Socket, UNFINISHED_GROUP } from '@pontoon/netlink';
import type { Attachment, EndpointIntent, NetworkIntent, NetworkState, Sandbox } from './intent.ts';
import { attachmentPlan } from './modes/attachment.ts';
import { bridge, type Connection, defaultRoutes, endpointPlan } from './modes/bridge.ts';
import { extensionPlan } from './modes/extension.ts';
import { networkPlan } from './modes/network.ts';
import { none } from './modes/none.ts';
import { type Wire, wireOf } from './modes/wire.ts';
import { isAlias, type Owner } from './names.ts';
import type { Plan } from './plan.ts';
import { lookOutside, type Outside, sameOutside } from './uplink.ts';

export interface Joined {
  network: NetworkIntent;
  endpoint: EndpointIntent;
}

/** From intent to plans, on this host as it is now: with its uplinks, and the bridges that were there before. */
export class Plans {
  readonly #host: Socket;
  readonly #owner: Owner;
  #outside: Outside;
  /** Networks by id: was the bridge there before? */
  readonly #foreign = new Map<string, boolean>();

  constructor(host: Socket, owner: Owner) {
    this.#host = host;
    this.#owner = owner;
    this.#outside = lookOutside(host);
  }

  /** Looks at the host anew. @returns whether plans made from now on differ from those before */
  look(): boolean {
    const before = this.#outside;
    // An uplink that is down for a moment comes back as it was, most of the time.
    this.#outside = { ...before, ...lookOutside(this.#host) };
    this.#foreign.clear();
    return !sameOutside(before, this.#outside);
  }

  network(network: NetworkIntent): Plan {
    return networkPlan(network, this.#owner, this.#wireOf(network), this.#isForeign(network));
  }

  /** A further bridge of a network. */
  extension(network: NetworkIntent, extension: number): Plan {
    return extensionPlan(network, extension, this.#owner, this.#wireOf(network));
  }

  /** All of a container's network, links in the order of `joined`; with none of them `lo` is all. */
  sandbox(sandbox: Sandbox, joined: Joined[]): Plan {
    if (joined.length === 0) return none(sandbox);
    const connections = joined.map((one) => this.#connection(one));
    return bridge(sandbox, connections, this.#owner);
  }

  endpoint(sandbox: Sandbox, joined: Joined): Plan {
    return endpointPlan(sandbox, this.#connection(joined), this.#owner);
  }

  /** The default routes alone. */
  gateway(sandbox: Sandbox, joined: Joined): Plan {
    return defaultRoutes(sandbox, joined.endpoint, this.#connection(joined).wire.outward);
  }

  /** @param networks whose bridge the attachment may be on */
  attachment(sandbox: Sandbox, attachment: Attachment, networks: Iterable<NetworkIntent>): Plan {
    const network = [...networks].find((one) => one.bridge === attachment.bridge);
    return attachmentPlan(sandbox, attachment, this.#owner, network && this.#wireOf(network));
  }

  /** In order: networks with all their bridges, then what runs. */
  all({ networks, sandboxes }: NetworkState): Plan[] {
    const byId = new Map(networks.map((network) => [network.id, network]));
    const join = (endpoint: EndpointIntent): Joined[] => {
      const network = byId.get(endpoint.networkId);
      return network ? [{ network, endpoint }] : [];
    };
    const running = sandboxes.filter((one) => one.running);
    const endpoints = running.flatMap((one) => one.endpoints);
    const byNetwork = Map.groupBy(endpoints, ({ networkId }) => networkId);
    const extensionsOf = ({ id }: NetworkIntent): Set<number> =>
      new Set((byNetwork.get(id) ?? []).flatMap(({ extension }) => extension ?? []));
    return [
      ...networks.map((network) => [
        ...this.network(network),
        ...[...extensionsOf(network)].flatMap((extension) => this.extension(network, extension)),
      ]),
      ...running.map(({ sandbox, endpoints, attachments }) => [
        ...this.sandbox(sandbox, endpoints.flatMap(join)),
        ...attachments.flatMap((attachment) => this.attachment(sandbox, attachment, networks)),
      ]),
    ];
  }

  #connection({ network, endpoint }: Joined): Connection {
    return { network, endpoint, wire: this.#wireOf(network) };
  }

  #wireOf(network: NetworkIntent): Wire {
    return wireOf(network, this.#outside, this.#isForeign(network));
  }

  #isForeign({ id, driver, bridge: name }: NetworkIntent): boolean {
    const known = this.#foreign.get(id);
    if (known !== undefined) return known;
    const link = driver === 'bridge' ? linkByName(this.#host, name) : undefined;
    const foreign = link !== undefined && !isAlias(link.alias) && link.group !== UNFINISHED_GROUP;
    this.#foreign.set(id, foreign);
    return foreign;
  }
}
