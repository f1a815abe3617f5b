import type { Readable } from 'node:stream';
import { isDefaultImage, makeDefaultImage } from './busybox/image.ts';
import type { Digest } from './content/digest.ts';
import type { OnProgress } from './progress.ts';
import { parseReference } from './reference/parse.ts';
import type { RegistryAuth } from './registry/authorize.ts';
import type { RegistrySettings } from './registry/endpoint.ts';
import { login } from './registry/login.ts';
import { look } from './registry/look.ts';
import { type PullOptions, pull } from './registry/pull.ts';
import { type PushOptions, push } from './registry/push.ts';
import { type Change, changes } from './rootfs/changes.ts';
import { exportRootfs } from './rootfs/export.ts';
import { sizeOf } from './rootfs/sizes.ts';
import { describe, find, isId, require, type StoredImage } from './store/find.ts';
import { openStore, type Store } from './store/store.ts';
import { collect } from './verbs/collect.ts';
import { type CommitOptions, commit } from './verbs/commit.ts';
import { history } from './verbs/history.ts';
import { type ImportOptions, importRootfs } from './verbs/import.ts';
import { inspect } from './verbs/inspect.ts';
import { type Filters, type SummaryOptions, stored, summaries } from './verbs/list.ts';
import { load } from './verbs/load.ts';
import { prune, usage } from './verbs/prune.ts';
import { type Removed, type RemoveOptions, remove } from './verbs/remove.ts';
import { save } from './verbs/save.ts';
import { tag } from './verbs/tag.ts';

/** The images that are here, and the root file systems made from them: one method a verb, each in its own file. */
export class Images {
  readonly store: Store;
  readonly settings: RegistrySettings;

  constructor(store: Store, settings: RegistrySettings = {}) {
    this.store = store;
    this.settings = settings;
  }

  /** By name, id or the start of an id. @throws {Fault} invalid for what can be neither */
  find(text: string): StoredImage | undefined {
    return find(this.store, text);
  }

  /** @throws {Fault} not-found `No such image: x:latest` */
  require(text: string): StoredImage {
    return require(this.store, text);
  }

  /** As `require`, making the default image where it is asked for and not there. */
  async resolve(text: string): Promise<StoredImage> {
    const image = find(this.store, text);
    if (image) return image;
    if (isId(text) || !isDefaultImage(parseReference(text))) return require(this.store, text);
    const { id } = await makeDefaultImage(this.store);
    return describe(this.store, id) as StoredImage;
  }

  /** All, the newest first. */
  list(): StoredImage[] {
    return stored(this.store);
  }

  /** Answer of GET /images/json. */
  summaries(o: SummaryOptions = {}) {
    return summaries(this.store, o);
  }

  /** Answer of GET /images/{name}/json. */
  inspect(text: string) {
    return inspect(this.store, text);
  }

  history(text: string) {
    return history(this.store, text);
  }

  /** @param name `repository[:tag]` */
  async tag(text: string, name: string): Promise<void> {
    await tag(this.store, (await this.resolve(text)).id, name);
  }

  remove(text: string, o: RemoveOptions): Promise<Removed[]> {
    return remove(this.store, text, o);
  }

  prune(o: { filters?: Filters; inUse: RemoveOptions['inUse'] }) {
    return prune(this.store, o);
  }

  /** Bytes of all layers, each once. */
  usage(): number {
    return usage(this.store);
  }

  load(source: AsyncIterable<Uint8Array>, o: { quiet?: boolean; onProgress?: OnProgress } = {}) {
    return load(this.store, source, o);
  }

  save(texts: string[]): Readable {
    return save(this.store, texts);
  }

  importRootfs(source: AsyncIterable<Uint8Array>, o: ImportOptions = {}): Promise<Digest> {
    return importRootfs(this.store, source, o);
  }

  pull(text: string, o: PullOptions = {}): Promise<void> {
    return pull(this.store, this.settings, text, o);
  }

  push(text: string, o: PushOptions = {}): Promise<void> {
    return push(this.store, this.settings, text, o);
  }

  /** Answer of POST /auth. */
  login(auth: RegistryAuth) {
    return login(this.settings, auth);
  }

  /** Answer of GET /distribution/{name}/json. */
  look(text: string, auth?: RegistryAuth) {
    return look(this.settings, text, auth);
  }

  commit(container: string, o: CommitOptions): Promise<Digest> {
    return commit(this.store, container, o);
  }

  /**
   * Makes what a container's root file system needs; it is mounted by `mountRootfs`.
   * @param o volatile: it goes with the container's stop, nothing need reach the disk
   */
  prepareRootfs(container: string, image: Digest, o: { volatile?: boolean } = {}): void {
    const { id, layers } = require(this.store, image);
    const record = { image: id, layers: layers.map(({ chainId }) => chainId), volatile: o.volatile ?? false };
    this.store.rootfs.prepare(container, record);
  }

  /** @returns the path where it is mounted now */
  mountRootfs(container: string): string {
    return this.store.rootfs.mount(container);
  }

  /** Where it is mounted, or would be. */
  rootfsPath(container: string): string {
    return this.store.rootfs.merged(container);
  }

  isMounted(container: string): boolean {
    return this.store.rootfs.isMounted(container);
  }

  unmountRootfs(container: string): void {
    this.store.rootfs.unmount(container);
  }

  /** With all that the container wrote. Gone is fine. */
  removeRootfs(container: string): void {
    this.store.rootfs.remove(container);
  }

  /** Containers that have something here: the unknown ones are to be removed at boot. */
  rootfsList(): string[] {
    return this.store.rootfs.list();
  }

  /** What `GraphDriver` of a container says. */
  graphDriver(container: string): { Name: string; Data: Record<string, string> } {
    const { rootfs } = this.store;
    const upper = rootfs.upper(container);
    const data = {
      MergedDir: rootfs.merged(container),
      UpperDir: upper,
      WorkDir: upper.replace(/upper$/, 'work'),
    };
    return { Name: 'overlay2', Data: { LowerDir: rootfs.lower(container).join(':'), ...data } };
  }

  changes(container: string): Change[] {
    return changes(this.store.rootfs.upper(container), this.store.rootfs.lower(container));
  }

  export(container: string): Readable {
    return exportRootfs(this.store.rootfs, container);
  }

  /** Bytes: what the container wrote, and that together with its image. */
  async sizes(container: string): Promise<{ SizeRw: number; SizeRootFs: number }> {
    const { rootfs, layers } = this.store;
    const SizeRw = await sizeOf(rootfs.upper(container));
    const below = rootfs
      .layersOf(container)
      .reduce((sum, chainId) => sum + (layers.find(chainId)?.size ?? 0), 0);
    return { SizeRw, SizeRootFs: SizeRw + below };
  }

  /** Removes blobs and layers that a crash left without an image. */
  async collect(): Promise<void> {
    await collect(this.store);
  }
}

/** @param o root: where images are kept; runRoot: root file systems are mounted below its `rootfs/` */
export async function openImages(o: { root: string; runRoot: string } & RegistrySettings): Promise<Images> {
  const { root, runRoot, ...settings } = o;
  return new Images(openStore({ root, runRoot }), settings);
}
