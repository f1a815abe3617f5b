import { matchesGlob } from 'node:path';
import { Fault } from '@pontoon/fault';
import { familiarRepository, parseReference } from '../reference/parse.ts';
import { describe, find, type StoredImage } from '../store/find.ts';
import type { Store } from '../store/store.ts';
import { hasChildren } from './remove-conflict.ts';

export type Filters = Record<string, string[]>;

const KNOWN = ['dangling', 'label', 'label!', 'before', 'since', 'reference', 'until'];

/** All images, the newest first. */
export function stored(store: Store): StoredImage[] {
  return store.catalogue
    .images()
    .map(({ id }) => describe(store, id) as StoredImage)
    .sort((one, other) => createdOf(other) - createdOf(one));
}

export interface SummaryOptions {
  all?: boolean;
  filters?: Filters;
  containersOf?: (id: string) => number;
  sharedSize?: boolean;
}

/**
 * GET /images/json
 * @param o all: nameless images too that others were committed from; containersOf: how many containers an image has,
 *   without it they are not counted; sharedSize: bytes of the layers that other images have, too
 * @throws {Fault} invalid filter
 */
export function summaries(store: Store, o: SummaryOptions = {}) {
  const filters = o.filters ?? {};
  const shown = select(store, filters).filter(
    (image) => o.all || image.tags.length > 0 || image.digests.length > 0 || !hasChildren(store, image.id),
  );
  const shared = o.sharedSize ? sharedSizes(store) : undefined;
  return shown.map((image) => ({
    Id: image.id,
    ParentId: image.parent ?? '',
    RepoTags: namesFor(image.tags, filters),
    RepoDigests: namesFor(image.digests, filters),
    Created: Math.floor(createdOf(image) / 1000),
    Size: image.size,
    SharedSize: shared?.(image) ?? -1,
    Labels: image.configuration.config?.Labels ?? null,
    Containers: o.containersOf?.(image.id) ?? -1,
  }));
}

/** Bytes of an image's layers that others have, too. */
function sharedSizes(store: Store): (image: StoredImage) => number {
  const users = new Map<string, number>();
  for (const { layers } of store.catalogue.images())
    for (const { chainId } of layers) users.set(chainId, (users.get(chainId) ?? 0) + 1);
  return ({ layers }) =>
    layers.filter(({ chainId }) => (users.get(chainId) ?? 0) > 1).reduce((sum, { size }) => sum + size, 0);
}

/** Images that pass all filters. */
export function select(store: Store, filters: Filters): StoredImage[] {
  for (const name of Object.keys(filters)) {
    if (!KNOWN.includes(name)) throw new Fault('invalid', `invalid filter '${name}'`);
  }
  const tests = testsOf(store, filters);
  return stored(store).filter((image) => tests.every((test) => test(image)));
}

type Test = (image: StoredImage) => boolean;

function testsOf(store: Store, filters: Filters): Test[] {
  const { dangling, label = [], before = [], since = [], reference = [], until = [] } = filters;
  const tests: Test[] = [];
  if (dangling?.length) {
    const wanted = truth('dangling', dangling[0] as string);
    tests.push((image) => (image.tags.length + image.digests.length === 0) === wanted);
  }
  for (const text of label) tests.push((image) => hasLabel(image, text));
  for (const text of filters['label!'] ?? []) tests.push((image) => !hasLabel(image, text));
  for (const text of before) tests.push((image) => createdOf(image) < createdOf(named(store, text)));
  for (const text of since) tests.push((image) => createdOf(image) > createdOf(named(store, text)));
  for (const text of until) tests.push((image) => createdOf(image) < moment(text));
  if (reference.length > 0)
    tests.push((image) => namesFor([...image.tags, ...image.digests], filters).length > 0);
  return tests;
}

/** The names that a filter by reference leaves. */
function namesFor(names: string[], { reference = [] }: Filters): string[] {
  if (reference.length === 0) return names;
  return names.filter((name) => reference.some((pattern) => matchesReference(name, pattern)));
}

/** As `reference.FamiliarMatch`: the whole short name or the repository alone, by path.Match. */
export function matchesReference(name: string, pattern: string): boolean {
  const repository = familiarRepository(parseReference(name));
  return matchesGlob(name, pattern) || matchesGlob(repository, pattern);
}

function hasLabel(image: StoredImage, text: string): boolean {
  const labels = image.configuration.config?.Labels ?? {};
  const [key, ...value] = text.split('=');
  const present = Object.hasOwn(labels, key as string);
  return present && (value.length === 0 || labels[key as string] === value.join('='));
}

function named(store: Store, text: string): StoredImage {
  const image = find(store, text);
  if (!image) throw new Fault('not-found', `No such image: ${text}`);
  return image;
}

function truth(name: string, text: string): boolean {
  if (['1', 'true'].includes(text)) return true;
  if (['0', 'false'].includes(text)) return false;
  throw new Fault('invalid', `invalid filter '${name}=[${text}]'`);
}

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

/** A time, seconds since the epoch, or how long ago, in Go's words (`1h30m`). @returns ms since the epoch */
export function moment(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^(\d+[hms])+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+)([hms])/g)];
    return (
      Date.now() -
      parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit as string] ?? 0), 0)
    );
  }
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Fault('invalid', `invalid filter 'until=[${text}]'`);
  return time;
}

/** ms since the epoch */
function createdOf(image: StoredImage): number {
  return Date.parse(image.configuration.created ?? '') || 0;
}
