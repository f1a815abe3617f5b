import { closeSync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import koffi from 'koffi';
import { SystemError } from './errors.ts';

/** File calls that Node lacks. Paths are bytes, ended here by NUL: a file name on Linux need not be UTF-8. */
const libc = koffi.load('libc.so.6');

const calls = {
  syscall: libc.func('long syscall(long number, int dirfd, void *path, void *how, size_t size)'),
  mknod: libc.func('int mknod(void *path, unsigned int mode, unsigned long device)'),
  lsetxattr: libc.func('int lsetxattr(void *path, void *name, void *value, size_t size, int flags)'),
  lgetxattr: libc.func('long lgetxattr(void *path, void *name, void *value, size_t size)'),
  syncfs: libc.func('int syncfs(int fd)'),
  llistxattr: libc.func('long llistxattr(void *path, void *list, size_t size)'),
};

/** openat2(2): the same number on every architecture since Linux 5.6, include/uapi/asm-generic/unistd.h. */
const SYS_OPENAT2 = 437;
/** include/uapi/linux/openat2.h */
const RESOLVE_NO_MAGICLINKS = 0x02;
const RESOLVE_IN_ROOT = 0x10;

/** No value of an extended attribute is larger: XATTR_SIZE_MAX, include/uapi/linux/limits.h. */
const XATTR_SIZE_MAX = 65536;
const NO_SUCH_ATTRIBUTE = 61; // ENODATA
const NOT_SUPPORTED = 95; // EOPNOTSUPP

export type Path = string | Uint8Array;

/**
 * Opens a path as a process whose root directory is `root` would: `..` stops at the root, symbolic links, absolute
 * ones too, are followed below it. The kernel walks, so nobody can swap a directory for a link half way.
 * @param flags as for open(2): fs.constants.O_…
 * @returns a file descriptor, to be closed by fs.closeSync
 * @throws {SystemError} ENOENT, ENOTDIR, ELOOP …; ENOSYS before Linux 5.6
 */
export function openInRoot(root: number, path: Path, flags: number, mode = 0): number {
  const how = Buffer.alloc(24); // struct open_how: flags, mode, resolve
  how.writeBigUInt64LE(BigInt(flags), 0);
  how.writeBigUInt64LE(BigInt(mode), 8);
  how.writeBigUInt64LE(BigInt(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS), 16);
  return check('openat2', calls.syscall(SYS_OPENAT2, root, terminated(path), how, how.length), path);
}

/** mknod(2). @param mode with the file type's bits (fs.constants.S_IFCHR …) */
export function makeNode(path: Path, mode: number, major = 0, minor = 0): void {
  check('mknod', calls.mknod(terminated(path), mode, deviceNumber(major, minor)), path);
}

/** The kernel's dev_t as glibc's makedev(3) packs it. */
function deviceNumber(major: number, minor: number): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return (low & 0xffn) | ((high & 0xfffn) << 8n) | ((low & ~0xffn) << 12n) | ((high & ~0xfffn) << 32n);
}

/** The parts of a `rdev` of fs.Stats: major(3), minor(3). */
export function deviceParts(device: number): { major: number; minor: number } {
  const number = BigInt(device);
  return {
    major: Number(((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn)),
    minor: Number((number & 0xffn) | ((number >> 12n) & 0xffffff00n)),
  };
}

/** lsetxattr(2), on a symbolic link itself too. */
export function setAttribute(path: Path, name: string, value: Uint8Array): void {
  check('lsetxattr', calls.lsetxattr(terminated(path), terminated(name), value, value.length, 0), path);
}

/** lgetxattr(2); undefined where there is none, or the file system has no attributes. */
export function getAttribute(path: Path, name: string): Buffer | undefined {
  const value = Buffer.allocUnsafe(name.startsWith('trusted.overlay.') ? 256 : XATTR_SIZE_MAX);
  const length = Number(calls.lgetxattr(terminated(path), terminated(name), value, value.length));
  if (length >= 0) return value.subarray(0, length);
  const errno = koffi.errno();
  if (errno === NO_SUCH_ATTRIBUTE || errno === NOT_SUPPORTED) return undefined;
  throw new SystemError('lgetxattr', errno, String(path));
}

/** The names of all extended attributes: llistxattr(2). */
export function listAttributes(path: Path): string[] {
  const target = terminated(path);
  const size = Number(calls.llistxattr(target, null, 0));
  if (size === 0 || (size < 0 && koffi.errno() === NOT_SUPPORTED)) return [];
  const names = Buffer.alloc(check('llistxattr', size, path));
  const length = check('llistxattr', calls.llistxattr(target, names, names.length), path);
  return names.toString('utf8', 0, length).split('\0').filter(Boolean);
}

/** syncfs(2), on a thread of libuv's pool: it can take seconds. @param path any file of the file system */
export async function syncFileSystem(path: string): Promise<void> {
  const file = openSync(path, 'r');
  try {
    const call = promisify(calls.syncfs.async) as (descriptor: number) => Promise<number>;
    if ((await call(file)) < 0) throw new SystemError('syncfs', 5 /* EIO: errno is another thread's */, path);
  } finally {
    closeSync(file);
  }
}

function terminated(path: Path): Buffer {
  const bytes = typeof path === 'string' ? Buffer.from(path) : path;
  const ended = Buffer.allocUnsafe(bytes.length + 1);
  ended.set(bytes);
  ended[bytes.length] = 0;
  return ended;
}

function check(call: string, result: number | bigint, path: Path): number {
  const number = Number(result);
  if (number < 0) throw new SystemError(call, koffi.errno(), Buffer.from(path).toString());
  return number;
}
