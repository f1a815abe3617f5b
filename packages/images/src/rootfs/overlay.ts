import { closeSync, openSync } from 'node:fs';
import { Fault, messageOf } from '@pontoon/fault';
import { mount } from '@pontoon/sys';

/** mount(2) takes one page of options, its end mark included. */
const OPTIONS_MAX = 4095;
/** OVL_MAX_STACK, fs/overlayfs/params.h. */
const LOWER_MAX = 500;
/** O_PATH | O_DIRECTORY */
const PATH_ONLY = 0o10000000 | 0o200000;

/**
 * As Docker mounts it: what a module parameter or a kernel's build could switch on is off, so that the upper folder
 * stays readable as a difference (`redirect_dir` and `metacopy` would make entries that only overlayfs understands).
 */
const PLAIN = 'index=off,redirect_dir=off,metacopy=off';

export interface Overlay {
  /** The uppermost first. */
  lower: string[];
  /** Where what is written goes; without it nothing can be written. */
  own?: { upper: string; work: string };
  merged: string;
  /** Nothing is written through to the disk, fsync(2) of a program included: for what goes when it stops. */
  volatile?: boolean;
}

/**
 * `mount -t overlay`. Where many layers make the options too long, or a path has a character that means something
 * there, folders are named by descriptor, `/proc/self/fd/N`: the kernel resolves them once, while it mounts.
 * @throws {Fault} internal, with the kernel's reason
 */
export function mountOverlay(overlay: Overlay): void {
  if (overlay.lower.length > LOWER_MAX) throw new Fault('invalid', 'max depth exceeded');
  const plain = optionsOf(overlay, (path) => path);
  const fits = plain.length <= OPTIONS_MAX && !/[\\:,]/.test([...overlay.lower, overlay.own?.upper].join(''));
  if (fits) mountWith(overlay, plain);
  else mountByDescriptors(overlay);
}

function mountByDescriptors(overlay: Overlay): void {
  const opened: number[] = [];
  try {
    const options = optionsOf(overlay, (path) => {
      opened.push(openSync(path, PATH_ONLY));
      return `/proc/self/fd/${opened.at(-1)}`;
    });
    mountWith(overlay, options);
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

function optionsOf(o: Overlay, name: (path: string) => string): string {
  const own = o.own ? [`upperdir=${name(o.own.upper)}`, `workdir=${name(o.own.work)}`] : [];
  const volatile = o.volatile ? ['volatile'] : [];
  return [`lowerdir=${o.lower.map(name).join(':')}`, ...own, PLAIN, ...volatile].join(',');
}

function mountWith(overlay: Overlay, data: string): void {
  try {
    mount('overlay', overlay.merged, { type: 'overlay', data });
  } catch (error) {
    const text = `mount root file system on "${overlay.merged}": ${messageOf(error)}`;
    throw new Fault('internal', text, { cause: error });
  }
}
