import type { ContainerConfig } from '@pontoon/api';

/** Docker's for images that set none. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What the engine adds to the container's own variables; a name without a value unsets (moby, container/env.go). */
export function environmentOf(config: ContainerConfig, hostname: string, home: string): string[] {
  const variables = new Map([
    ['PATH', PATH],
    ['HOSTNAME', hostname],
    ...(config.Tty ? ([['TERM', 'xterm']] as const) : []),
  ]);
  for (const entry of config.Env ?? []) {
    const [name = '', ...value] = entry.split('=');
    if (value.length === 0) variables.delete(name);
    else variables.set(name, value.join('='));
  }
  if (!variables.has('HOME')) variables.set('HOME', home);
  return [...variables].map(([name, value]) => `${name}=${value}`);
}
