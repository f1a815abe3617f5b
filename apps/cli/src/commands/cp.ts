import { copyIn } from '../copy/in.ts';
import { copyOut } from '../copy/out.ts';
import { Exit } from '../exit.ts';
import { toggle } from '../flags/flag.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tpontoon cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH',
  flags: {
    archive: toggle('a', 'Archive mode (copy all uid/gid information)'),
    'follow-link': toggle('L', 'Always follow symbol link in SRC_PATH'),
    quiet: toggle(
      'q',
      'Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached',
    ),
  },
  ...{ least: 2, most: 2 },
  run: async (context, { values, args }) => {
    const [source, target] = args.map(splitPlace);
    if (source!.container && target!.container)
      throw new Exit(1, 'copying between containers is not supported');
    const options = { follow: values['follow-link'], archive: values.archive, quiet: values.quiet };
    if (source!.container) await copyOut(context, source!.container, source!.path, target!.path, options);
    else if (target!.container) await copyIn(context, source!.path, target!.container, target!.path, options);
    else throw new Exit(1, 'must specify at least one container source');
    return 0;
  },
});

/** `web:/etc/hosts`; a path that starts with `/` or `.` is never a container's name. */
export function splitPlace(given: string): { container: string | undefined; path: string } {
  const at = given.indexOf(':');
  if (at < 0 || /^[/.]/.test(given)) return { container: undefined, path: given };
  return { container: given.slice(0, at), path: given.slice(at + 1) };
}
