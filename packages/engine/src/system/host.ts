/** What the machine is called and runs: facts of /info and /version. */
import { readFileSync } from 'node:fs';

/** PRETTY_NAME and VERSION_ID of os-release(5). */
export function operatingSystem(): { name: string; version: string } {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const fields = fieldsOf(path);
    if (fields) return { name: fields.PRETTY_NAME ?? 'Linux', version: fields.VERSION_ID ?? '' };
  }
  return { name: 'Linux', version: '' };
}

function fieldsOf(path: string): Record<string, string> | undefined {
  try {
    const pairs = readFileSync(path, 'utf8').matchAll(/^(\w+)=(?:"(.*)"|(.*))$/gm);
    return Object.fromEntries([...pairs].map(([, name, quoted, plain]) => [name, quoted ?? plain ?? '']));
  } catch {
    return undefined;
  }
}

/** `uname -m`, where Node has another name for it. */
export function machine(): string {
  return { x64: 'x86_64', arm64: 'aarch64' }[process.arch as 'x64' | 'arm64'] ?? process.arch;
}

/** In the engine's own network namespace. */
export function forwardsIPv4(): boolean {
  try {
    return readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim() === '1';
  } catch {
    return false;
  }
}
