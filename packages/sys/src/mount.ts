import { SystemError } from './errors.ts';
import { attempt, must } from './ffi.ts';

/** Flags of mount(2): include/uapi/linux/mount.h. */
const FLAGS = {
  readonly: 0x1,
  nosuid: 0x2,
  nodev: 0x4,
  noexec: 0x8,
  remount: 0x20,
  bind: 0x1000,
  recursive: 0x4000,
  private: 0x40000,
  slave: 0x80000,
  shared: 0x100000,
} as const;

export type MountFlag = keyof typeof FLAGS;

/** MNT_DETACH of umount2(2): out of sight at once, gone when nothing uses it. */
const DETACH = 2;
const NOT_THERE = new Set([2 /* ENOENT */, 22 /* EINVAL: not a mount point */]);

/**
 * mount(2), `mount -t TYPE -o DATA SOURCE TARGET`.
 * @throws {SystemError} with the kernel's errno
 */
export function mount(
  source: string,
  target: string,
  o: { type?: string; flags?: MountFlag[]; data?: string },
): void {
  const flags = (o.flags ?? []).reduce((bits, flag) => bits | FLAGS[flag], 0);
  must('mount', source, target, o.type ?? null, flags, o.data ?? null);
}

/** `mount --bind SOURCE TARGET`; read-only takes a second call, since a new bind ignores all other flags. */
export function bindMount(
  source: string,
  target: string,
  o: { readonly?: boolean; recursive?: boolean } = {},
): void {
  const recursive: MountFlag[] = o.recursive ? ['recursive'] : [];
  mount(source, target, { flags: ['bind', ...recursive] });
  if (o.readonly) mount('none', target, { flags: ['bind', 'remount', 'readonly', ...recursive] });
}

/** `mount --make-shared TARGET` and its kin: which other namespaces see what is mounted below. */
export function setPropagation(target: string, propagation: 'private' | 'slave' | 'shared'): void {
  mount('none', target, { flags: [propagation] });
}

/** `umount --lazy TARGET`; true if something was mounted there. */
export function unmount(target: string): boolean {
  const result = attempt('umount2', target, DETACH);
  if (NOT_THERE.has(-result)) return false;
  if (result < 0) throw new SystemError('umount2', -result, target);
  return true;
}
