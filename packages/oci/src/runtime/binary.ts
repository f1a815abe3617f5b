import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindMount, unmount } from '@pontoon/sys';

/**
 * crun copies itself into memory at every start, so that no container can overwrite it through /proc/self/exe
 * (CVE-2019-5736). It leaves that out where its file is on a read-only mount and the environment says that this is on
 * purpose (libcrun/cloned_binary.c): as safe, and 5 ms cheaper a start.
 */
export function lockedBinary(path: string, runRoot: string) {
  const program = join(runRoot, 'crun');
  return {
    program,
    environment: { _LIBCONTAINER_CLONED_BINARY: '1' },
    lock: () => {
      // An earlier engine's mount may lie on it.
      while (unmount(program)) {}
      writeFileSync(program, '', { flag: 'a', mode: 0o700 });
      bindMount(path, program, { readonly: true });
    },
  };
}
