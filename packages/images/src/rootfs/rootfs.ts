import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import { unmount } from '@pontoon/sys';
import type { Digest } from '../content/digest.ts';
import { discard, discardLeftovers } from '../content/discard.ts';
import type { Layers } from '../layer/layers.ts';
import { ensureInit } from './init.ts';
import { mountOverlay } from './overlay.ts';
import { mountView, removeViews } from './view.ts';

/** What a container's root file system is made of. */
export interface RootfsRecord {
  image: Digest;
  /** Chain ids, the lowest layer first. */
  layers: Digest[];
  /** The container goes when it stops: nothing of it need reach the disk. */
  volatile?: boolean;
}

/**
 * Root file systems of containers: an overlay of the image's layers below a folder of the container's own,
 * `rootfs/<container>/upper`, mounted on `<run root>/rootfs/<container>`. No step waits for the disk: after a power
 * cut the last containers may be gone, and say so.
 */
export class Rootfs {
  #root: string;
  #mounts: string;
  #layers: Layers;
  #records = new Map<string, RootfsRecord>();

  constructor(o: { root: string; runRoot: string; layers: Layers }) {
    this.#root = join(o.root, 'rootfs');
    this.#mounts = join(o.runRoot, 'rootfs');
    this.#layers = o.layers;
    mkdirSync(this.#root, { recursive: true, mode: 0o710 });
    mkdirSync(this.#mounts, { recursive: true, mode: 0o711 });
    discardLeftovers(this.#root);
    removeViews(this.#mounts);
  }

  /** Makes the container's own folder, under another name until it is whole. */
  prepare(container: string, record: RootfsRecord): void {
    const next = this.#aside();
    mkdirSync(join(next, 'upper'), { recursive: true, mode: 0o755 });
    mkdirSync(join(next, 'work'), { mode: 0o700 });
    writeFileSync(join(next, 'record.json'), JSON.stringify(record));
    ensureInit(this.#layers, record.layers);
    renameSync(next, this.#folder(container));
    this.#records.set(container, record);
  }

  /** @throws {Fault} not-found, where none was prepared */
  record(container: string): RootfsRecord {
    const known = this.#records.get(container);
    if (known) return known;
    try {
      const record = JSON.parse(
        readFileSync(join(this.#folder(container), 'record.json'), 'utf8'),
      ) as RootfsRecord;
      this.#records.set(container, record);
      return record;
    } catch (error) {
      throw new Fault('not-found', `root file system of container ${container} is missing`, { cause: error });
    }
  }

  /** The layers that a container's root file system needs; none where what is known of it is damaged. */
  layersOf(container: string): Digest[] {
    try {
      return this.record(container).layers;
    } catch {
      return [];
    }
  }

  /** Containers that have one, mounted or not, or a mount point that a crash left. */
  list(): string[] {
    const names = [...readdirSync(this.#root), ...readdirSync(this.#mounts)];
    return [...new Set(names.filter((name) => !name.startsWith('.')))];
  }

  /** Whether something is mounted there: it is on another device than the folder above. */
  isMounted(container: string): boolean {
    const merged = statSync(this.merged(container), { throwIfNoEntry: false });
    return merged !== undefined && merged.dev !== statSync(this.#mounts).dev;
  }

  /** The container's own files: what differs from the image. */
  upper(container: string): string {
    return join(this.#folder(container), 'upper');
  }

  /** Where it is, or would be, mounted. */
  merged(container: string): string {
    return join(this.#mounts, container);
  }

  /** Folders below the upper one, the uppermost first. */
  lower(container: string): string[] {
    const { layers } = this.record(container);
    const top = layers.at(-1);
    const init = top === undefined ? [] : [this.#layers.initPath(top)];
    return [...init, ...layers.map((chainId) => this.#layers.path(chainId)).reverse()];
  }

  /** `mount -t overlay`; one that a crash left mounted is taken away first. @returns the merged folder */
  mount(container: string): string {
    const merged = this.merged(container);
    const lower = this.lower(container);
    while (unmount(merged));
    mkdirSync(merged, { recursive: true });
    const folder = this.#folder(container);
    const own = { upper: join(folder, 'upper'), work: join(folder, 'work') };
    const { volatile = false } = this.record(container);
    // overlayfs refuses what was mounted so before; but as long as the machine did not stop, it is whole.
    if (volatile) rmSync(join(own.work, 'work', 'incompat'), { recursive: true, force: true });
    try {
      mountOverlay({ lower, own, merged, volatile });
    } catch (error) {
      rmdirSync(merged);
      throw error;
    }
    return merged;
  }

  /** Gone is fine. */
  unmount(container: string): void {
    const merged = this.merged(container);
    while (unmount(merged));
    try {
      rmdirSync(merged);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** All of it to be read, without a mount of the container's own. To be closed. */
  view(container: string): { path: string; close(): void } {
    return mountView(this.#mounts, [this.upper(container), ...this.lower(container)]);
  }

  /** The container's files go, mounted or not: out of sight at once, off the disk aside. Gone is fine. */
  remove(container: string): void {
    this.unmount(container);
    this.#records.delete(container);
    const gone = this.#aside();
    try {
      renameSync(this.#folder(container), gone);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    void discard(gone);
  }

  #aside(): string {
    return join(this.#root, `.${randomBytes(6).toString('hex')}`);
  }

  #folder(container: string): string {
    if (!/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(container)) {
      throw new Fault('invalid', `invalid container id: ${container}`);
    }
    return join(this.#root, container);
  }
}
