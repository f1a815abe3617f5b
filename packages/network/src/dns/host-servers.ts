import { readFileSync, statSync } from 'node:fs';
import { upstreams } from '../files/resolv-conf.ts';

const PATH = '/etc/resolv.conf';

let seen = { changed: -1, servers: upstreams('') };

/** The host's own name servers, as its resolv.conf has them now; read again when the file has changed. */
export function hostServers(path = PATH): string[] {
  const changed = changeTime(path);
  if (changed !== seen.changed)
    seen = { changed, servers: upstreams(changed > 0 ? readFileSync(path, 'utf8') : '') };
  return seen.servers;
}

/** A symbolic link is followed: systemd-resolved and NetworkManager change what is behind it. 0: there is none. */
function changeTime(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
