import { existsSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { messageOf } from '@pontoon/fault';
import { type Connection, deleteLinkAside, openNetfilter, openRoute } from '@pontoon/netlink';
import { inNamespace } from '@pontoon/sys';

/** The sockets through which plans become true; those into namespaces live as long as one plan needs them. */
export class Kernel {
  readonly host: Connection = openRoute();
  readonly netfilter: Connection = openNetfilter();
  readonly #inside = new Map<string, Connection>();

  route(where: string | undefined): Connection {
    if (where === undefined) return this.host;
    const known = this.#inside.get(where);
    if (known) return known;
    const opened = inNamespace(where, openRoute);
    this.#inside.set(where, opened);
    return opened;
  }

  /** Links that are being deleted on another thread. */
  readonly going = new Set<string>();

  #queue: Promise<unknown> = Promise.resolve();

  /** Deletes a link of the host without waiting for it, one after the other; `report` hears of a failure. */
  deleteAside(name: string, report: (problem: string) => void): void {
    this.going.add(name);
    this.#queue = this.#queue
      .then(() => (this.going.has(name) ? deleteLinkAside(name) : undefined))
      .catch((error) => report(`remove link ${name}: ${messageOf(error)}`))
      .finally(() => this.going.delete(name));
  }

  /**
   * Until the namespaces show a link no more that is deleted aside. That is long before the kernel has let go of it:
   * both ends of a pair are unlisted first (unregister_netdevice_many_notify), then no processor may see them any more.
   */
  async unlisted(name: string): Promise<void> {
    while (this.going.has(name) && existsSync(`/proc/sys/net/ipv4/conf/${name}`)) await after(1);
  }

  /** To be called after each plan: a socket keeps its namespace alive. */
  leave(): void {
    for (const connection of this.#inside.values()) connection.close();
    this.#inside.clear();
  }

  close(): void {
    this.leave();
    this.host.close();
    this.netfilter.close();
  }
}
