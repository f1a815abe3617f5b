import { changeElements, presentElements } from '../firewall/change.ts';
import { describeElement, SET_NAMES, type SetElement } from '../firewall/elements.ts';
import type { Finding } from '../intent.ts';
import type { Kernel } from '../kernel.ts';

/** All sets, each by one dump; what differs is mended in one transaction. */
export function compareElements(kernel: Kernel, expected: SetElement[], repair: boolean): Finding[] {
  const wanted = Map.groupBy(expected, ({ set }) => set);
  const missing: SetElement[] = [];
  const stray: SetElement[] = [];
  for (const set of SET_NAMES) {
    const absent = new Map((wanted.get(set) ?? []).map((element) => [describeElement(element), element]));
    const present = presentElements(kernel.netfilter, set);
    stray.push(...present.filter((element) => !absent.delete(describeElement(element))));
    missing.push(...absent.values());
  }
  // A changed value is one stray and one missing element of the same key: the old must go first.
  if (repair)
    changeElements(kernel.netfilter, [
      { verb: 'delete', elements: stray },
      { verb: 'add', elements: missing },
    ]);
  return [
    ...stray.map((element) => elementFinding(element, 'unexplained', repair)),
    ...missing.map((element) => elementFinding(element, 'missing', repair)),
  ];
}

const elementFinding = (element: SetElement, problem: Finding['problem'], repaired: boolean): Finding => ({
  ...{ kind: 'element', subject: element.set, problem, detail: describeElement(element), repaired },
});
