import { Fault } from '@pontoon/fault';

/** mount(8), "Filesystem-independent mount options", and tmpfs(5); those with a value are the last. */
const FLAGS =
  `ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime
  nodiratime bind rbind unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime
  strictatime nostrictatime defaults`.split(/\s+/);
const VALUES = ['size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol'];

/**
 * `--tmpfs /run:size=64m,noexec`, with Docker's texts (moby, volume/mounts and pkg/mount).
 * @throws {Fault} invalid
 */
export function checkTmpfs(path: string, options: string): void {
  if (!path.startsWith('/')) {
    throw new Fault('invalid', `invalid mount path: '${path}' mount path must be absolute`);
  }
  for (const option of options.split(',').filter((text) => text !== '')) {
    const [name = '', value] = option.split(/=(.*)/s);
    if (value === undefined ? !FLAGS.includes(name) : !VALUES.includes(name)) {
      const shown = [name, ...(value === undefined ? [] : [value])].map((text) => JSON.stringify(text));
      throw new Fault('invalid', `invalid tmpfs option [${shown.join(' ')}]`);
    }
  }
}
