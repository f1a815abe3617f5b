import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deleteLink, type Link, listLinks, UNFINISHED_GROUP } from '@pontoon/netlink';
import { removeNamespace } from '@pontoon/sys';
import type { Finding } from '../intent.ts';
import type { Kernel } from '../kernel.ts';
import { idOfAlias, type Owner } from '../names.ts';
import type { Plan, Step } from '../plan.ts';

/** Links of the host that a step makes. */
function namesOf(step: Step): string[] {
  if (step.kind === 'pair') return [step.name, step.peer];
  return step.kind === 'bridge' || step.kind === 'veth' ? [step.name] : [];
}

export function strayLinks(kernel: Kernel, plans: Plan[], owner: Owner, repair: boolean): Finding[] {
  const expected = new Set(plans.flat().flatMap((step) => namesOf(step)));
  const stray = listLinks(kernel.host).filter(
    (link) =>
      (isUnfinished(link) || idOfAlias(owner, link.alias) !== undefined) &&
      !expected.has(link.name) &&
      !kernel.going.has(link.name),
  );
  for (const link of repair ? stray : []) deleteLink(kernel.host, link.index);
  return stray.map(({ name, alias = '' }) => ({
    ...{ kind: 'link', subject: name, problem: 'unexplained', detail: `a leftover: ${alias}` },
    repaired: repair,
  }));
}

/** Made by an engine that died before it could write its name on it. */
const isUnfinished = ({ group, alias }: Link): boolean => group === UNFINISHED_GROUP && !alias;

export function strayNamespaces(plans: Plan[], mounted: Set<string>, repair: boolean): Finding[] {
  const expected = new Set(plans.flat().flatMap((step) => (step.kind === 'namespace' ? [step.path] : [])));
  const stray = [...mounted].filter((path) => !expected.has(path));
  for (const path of repair ? stray : []) removeNamespace(path);
  return stray.map((path) => ({
    ...{ kind: 'namespace', subject: path, problem: 'unexplained', detail: 'no container has it' },
    repaired: repair,
  }));
}

/** All that lies in the folder of pinned namespaces, and is mounted. A file without a mount counts when it is stray. */
export function pinnedNamespaces(folder: string): Set<string> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const points = new Set(mounts.map((line) => line.split(' ')[4] ?? ''));
  return new Set(entries(folder).filter((path) => points.has(path)));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
