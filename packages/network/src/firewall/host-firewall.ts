import type { Connection } from '@pontoon/netlink';
import { closedElements, enableForwarding, leaveBridgedFramesAlone } from '../forwarding.ts';
import type { Family } from '../intent.ts';
import { changeElements } from './change.ts';
import type { SetElement } from './elements.ts';
import { isLoaded, loadTable } from './table.ts';

/** The firewall's table in the host, and forwarding, which is never on without it. */
export class HostFirewall {
  readonly #netfilter: Connection;
  readonly #runRoot: string;

  constructor(netfilter: Connection, runRoot: string) {
    this.#netfilter = netfilter;
    this.#runRoot = runRoot;
  }

  open(): void {
    leaveBridgedFramesAlone();
    enableForwarding(4, this.#runRoot);
    this.load();
  }

  /** @returns true where the table was not there, or not whole */
  load(): boolean {
    const fresh = loadTable(this.#netfilter);
    this.#close();
    return fresh;
  }

  isWhole(): boolean {
    return isLoaded(this.#netfilter);
  }

  /** From the moment when the host forwards, it must do so for this engine's networks only. */
  forward(family: Family): void {
    enableForwarding(family, this.#runRoot);
    this.#close();
  }

  /** Elements that belong to no network and no endpoint. */
  elements(): SetElement[] {
    return closedElements(this.#runRoot);
  }

  #close(): void {
    changeElements(this.#netfilter, [{ verb: 'add', elements: this.elements() }]);
  }
}
