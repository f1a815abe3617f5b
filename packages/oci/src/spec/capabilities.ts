import { Fault } from '@pontoon/fault';

/** All capabilities by number: include/uapi/linux/capability.h. */
const NAMES =
  `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
   NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
   SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
   MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`
    .split(/\s+/)
    .map((name) => `CAP_${name}`);

/** What a container gets unless told otherwise: Docker's documented default. */
const DEFAULTS =
  `CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL
   AUDIT_WRITE`
    .split(/\s+/)
    .map((name) => `CAP_${name}`);

/** Names of the bits of a mask as /proc/self/status prints it (`CapBnd`). */
export function capabilitiesOf(mask: bigint): string[] {
  return NAMES.filter((_, bit) => (mask >> BigInt(bit)) & 1n);
}

/**
 * The set for `--cap-add`, `--cap-drop` and `--privileged`; never more than the bounding set of the engine itself,
 * since execve could not give it. `ALL` on either side starts from that side, and the other side's names win.
 */
export function chooseCapabilities(
  bounding: string[],
  wanted: { add?: string[]; drop?: string[]; privileged?: boolean },
): string[] {
  const add = (wanted.add ?? []).map((name) => normalise('CapAdd', name));
  const drop = (wanted.drop ?? []).map((name) => normalise('CapDrop', name));
  const everything = wanted.privileged || add.includes('ALL');
  const base = everything ? NAMES : drop.includes('ALL') ? [] : DEFAULTS;
  const kept = wanted.privileged ? base : base.filter((name) => !drop.includes(name));
  const chosen = new Set([...kept, ...add.filter((name) => name !== 'ALL')]);
  return NAMES.filter((name) => chosen.has(name) && bounding.includes(name));
}

function normalise(field: string, name: string): string {
  const upper = name.toUpperCase();
  if (upper === 'ALL') return upper;
  const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  if (!NAMES.includes(full)) {
    throw new Fault('invalid', `invalid ${field}: unknown capability: "${full}"`);
  }
  return full;
}
