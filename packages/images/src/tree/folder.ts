import { closeSync, constants, lstatSync, mkdirSync, openSync, rmSync, type Stats } from 'node:fs';
import { openInRoot, SystemError } from '@pontoon/sys';
import { bytesOf } from '../tar/entry.ts';

/** Not in fs.constants: open(2), names a file without opening it for reading. */
const O_PATH = 0o10000000;
const FOLDER = O_PATH | constants.O_DIRECTORY;

/**
 * An open folder. Names below it are reached as `/proc/self/fd/N/name` (what openat(2) does), so that no symbolic link
 * on the way, and nobody who swaps a folder for one, can lead elsewhere.
 */
export class Folder {
  readonly descriptor: number;

  private constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  static open(path: string): Folder {
    return new Folder(openSync(path, FOLDER));
  }

  /**
   * A folder below this one, as a process whose root this is would find it: links are followed, none leads out.
   * @param path a byte string
   * @throws {SystemError} ENOENT, ENOTDIR, ELOOP
   */
  enter(path: string): Folder {
    return new Folder(openInRoot(this.descriptor, bytesOf(path || '.'), FOLDER));
  }

  /** A folder right in this one; a link is refused (ENOTDIR). */
  child(name: string): Folder {
    return new Folder(openSync(this.at(name), FOLDER | constants.O_NOFOLLOW));
  }

  /** As `enter`, making what is missing with mode 0755. */
  make(path: string): Folder {
    try {
      return this.enter(path);
    } catch (error) {
      if (!isMissing(error)) throw error;
      const slash = path.lastIndexOf('/');
      const above = slash < 0 ? this.enter('') : this.make(path.slice(0, slash));
      try {
        mkdirSync(above.at(path.slice(slash + 1)), { mode: 0o755 });
      } finally {
        above.close();
      }
      return this.enter(path);
    }
  }

  /** The path of a name in this folder: for calls that do not follow a link in the last place. */
  at(name: string): Buffer {
    return Buffer.concat([Buffer.from(`/proc/self/fd/${this.descriptor}/`), bytesOf(name)]);
  }

  /** This folder itself, for calls that follow links. */
  get path(): string {
    return `/proc/self/fd/${this.descriptor}/.`;
  }

  status(name: string): Stats | undefined {
    return lstatSync(this.at(name), { throwIfNoEntry: false });
  }

  remove(name: string): void {
    rmSync(this.at(name), { recursive: true, force: true });
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof SystemError || error instanceof Error
    ? (error as { code?: string }).code
    : undefined;
}
