import {
  type Link,
  type LinkAddress,
  listAddresses,
  listLinks,
  listRoutes,
  type Route,
} from '@pontoon/netlink';
import type { Kernel } from '../kernel.ts';

/** What one namespace has. */
export interface Snapshot {
  links: Map<string, Link>;
  addresses: LinkAddress[];
  routes: Route[];
}

/** What the kernel has, each namespace read once, when it is first asked for. */
export class Seen {
  readonly #kernel: Kernel;
  readonly #snapshots = new Map<string | undefined, Snapshot>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** @param where path of the namespace; the host's where absent */
  at(where: string | undefined): Snapshot {
    const known = this.#snapshots.get(where);
    if (known) return known;
    const taken = snapshot(this.#kernel, where);
    this.#snapshots.set(where, taken);
    return taken;
  }

  /** Something was changed there: it is read anew. */
  forget(where: string | undefined): void {
    this.#snapshots.delete(where);
  }
}

function snapshot(kernel: Kernel, where: string | undefined): Snapshot {
  const connection = kernel.route(where);
  return {
    links: new Map(listLinks(connection).map((link) => [link.name, link])),
    addresses: listAddresses(connection),
    routes: [...listRoutes(connection, { family: 4 }), ...listRoutes(connection, { family: 6 })],
  };
}
