import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nfproto, type SetElement } from './firewall/elements.ts';
import type { Family } from './intent.ts';
import { readSysctl, writeSysctl } from './sysctl.ts';

const SWITCH = { 4: 'net.ipv4.ip_forward', 6: 'net.ipv6.conf.all.forwarding' } as const;

/**
 * Makes the host forward packets of a family. Where that was off, the host becomes a router for this engine's networks
 * only: the element in `closed` keeps all else out, and the marker in the run root remembers it after a flush. Both the
 * switch and the run root start anew with the machine.
 */
export function enableForwarding(family: Family, runRoot: string): void {
  if (readSysctl(SWITCH[family]) !== '0') return;
  if (family === 6) keepAutoconfiguration();
  writeSysctl(SWITCH[family], '1');
  writeFileSync(marker(family, runRoot), '');
}

/** The elements that keep forwarding closed to others. */
export function closedElements(runRoot: string): SetElement[] {
  return ([4, 6] as const)
    .filter((family) => existsSync(marker(family, runRoot)))
    .map((family) => ({ set: 'closed', key: [nfproto(family)] }));
}

const marker = (family: Family, runRoot: string): string => join(runRoot, `forwarding${family}`);

/**
 * A host that forwards ignores router advertisements, and with them its own default route, unless accept_ra is 2:
 * Documentation/networking/ip-sysctl.rst.
 */
function keepAutoconfiguration(): void {
  for (const link of readdirSync('/proc/sys/net/ipv6/conf')) {
    if (link === 'all' || link === 'default' || link === 'lo') continue;
    const key = `net.ipv6.conf.${link.replaceAll('.', '/')}.accept_ra`;
    if (readSysctl(key) === '1') writeSysctl(key, '2');
  }
}

/**
 * Frames between the ports of a bridge must not pass the IP firewall: it costs a fifth of the throughput, and policy
 * between ports is the bridge's own (isolation). The switch is a namespace's own since Linux 5.3; a kernel without
 * br_netfilter has none.
 */
export function leaveBridgedFramesAlone(): void {
  for (const family of ['iptables', 'ip6tables', 'arptables']) {
    writeSysctl(`net.bridge.bridge-nf-call-${family}`, '0', true);
  }
}
