import { readFileSync, writeFileSync } from 'node:fs';
import { inNamespace } from '@pontoon/sys';

/** @param where path of a namespace; the host's where absent */
export const within = <T>(where: string | undefined, run: () => T): T =>
  where === undefined ? run() : inNamespace(where, run);

/** "net.ipv4.conf.eth0.forwarding"; a "/" in place of a "." inside a link's name, as sysctl(8) has it. */
export const sysctlPath = (key: string): string =>
  `/proc/sys/${key.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'))}`;

/** @param optional a kernel without IPv6 or without bridge-netfilter has no such file */
export function writeSysctl(key: string, value: string, optional = key.startsWith('net.ipv6.')): void {
  try {
    writeFileSync(sysctlPath(key), value);
  } catch (error) {
    if (!optional) throw error;
  }
}

export function readSysctl(key: string): string | undefined {
  try {
    return readFileSync(sysctlPath(key), 'utf8').trim();
  } catch {
    return undefined;
  }
}
