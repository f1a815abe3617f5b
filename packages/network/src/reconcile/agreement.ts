import type { HostFirewall } from '../firewall/host-firewall.ts';
import type { Finding, NetworkState } from '../intent.ts';
import type { Kernel } from '../kernel.ts';
import type { Owner } from '../names.ts';
import type { Plans } from '../plans.ts';
import { type Comparison, compare } from './compare.ts';

export interface AgreementParts {
  kernel: Kernel;
  plans: Plans;
  firewall: HostFirewall;
  /** What is wanted now. */
  state: () => NetworkState;
  place: { owner: Owner; runRoot: string };
}

/** Intent and kernel, kept in agreement while the uplinks change, and whoever changes the kernel. */
export class Agreement {
  readonly #parts: AgreementParts;
  /** The uplinks are not what they were when the running containers were last compared with them. */
  #behind = false;

  constructor(parts: AgreementParts) {
    this.#parts = parts;
  }

  /** Looks at the uplinks anew, for plans that are made now. */
  look(): void {
    if (this.#parts.plans.look()) this.#behind = true;
  }

  /** Compares what is wanted with what the kernel has; after a change of the uplinks a repair looks inside in any case. */
  check(how: Comparison): Finding[] {
    const { kernel, plans, firewall, state, place } = this.#parts;
    this.look();
    const findings = this.#checkTable(how.repair);
    const expected = { plans: plans.all(state()), elements: firewall.elements() };
    const inside = how.inside || (how.repair && this.#behind);
    findings.push(...compare(kernel, expected, place, { ...how, inside }));
    if (how.repair) this.#behind = false;
    return findings;
  }

  #checkTable(repair: boolean): Finding[] {
    const { firewall } = this.#parts;
    if (!(repair ? firewall.load() : !firewall.isWhole())) return [];
    const detail = 'the rules of the firewall';
    return [{ kind: 'table', subject: 'inet pontoon', problem: 'missing', detail, repaired: repair }];
  }
}
