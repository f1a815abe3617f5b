import { daemonPath } from '../connect.ts';
import { defineVerb } from '../verb.ts';

/** Becomes the daemon: same process, so that whoever supervises it holds the right pid. */
export const verb = defineVerb({
  usage: '[OPTIONS]',
  ...{ flags: {}, least: 0, most: 0, raw: true },
  run: async (_context, { args }) => {
    const node = process.execPath;
    const environment = Object.entries(process.env).filter(([, value]) => value !== undefined);
    process.execve?.(
      node,
      [node, '--no-warnings', '--max-semi-space-size=2', daemonPath(), ...args],
      Object.fromEntries(environment) as Record<string, string>,
    );
    return 1;
  },
});
