import { Fault } from '@pontoon/fault';
import {
  AF_VSOCK,
  ALWAYS,
  BY_ARCHITECTURE,
  BY_CAPABILITY,
  CLONE_NAMESPACES,
  PERSONALITIES,
} from './syscalls.ts';

export type Architecture = 'amd64' | 'arm64';

interface Argument {
  index: number;
  value: number;
  valueTwo?: number;
  op: string;
}

interface Filter {
  caps?: string[];
  arches?: string[];
  minKernel?: string;
}

interface Rule {
  names?: string[];
  /** The form of profiles written before `names`. */
  name?: string;
  action: string;
  errnoRet?: number;
  args?: Argument[] | null;
  includes?: Filter;
  excludes?: Filter;
}

/** A profile as Docker's clients send it with `--security-opt seccomp=FILE`: OCI's own shape plus conditions. */
export interface SeccompProfile {
  defaultAction: string;
  defaultErrnoRet?: number;
  architectures?: string[] | null;
  archMap?: { architecture: string; subArchitectures?: string[] | null }[];
  flags?: string[];
  listenerPath?: string;
  listenerMetadata?: string;
  syscalls?: Rule[] | null;
}

/** `linux.seccomp` of config.json. */
export interface LinuxSeccomp {
  defaultAction: string;
  defaultErrnoRet?: number;
  architectures?: string[];
  flags?: string[];
  listenerPath?: string;
  listenerMetadata?: string;
  syscalls: { names: string[]; action: string; errnoRet?: number; args?: Argument[] }[];
}

/** What decides a profile's conditions: the machine's architecture and kernel, and the container's capabilities. */
export interface SeccompContext {
  architecture: Architecture;
  /** `uname -r`. */
  kernel: string;
  capabilities: string[];
}

const ALLOW = 'SCMP_ACT_ALLOW';
const ERRNO = 'SCMP_ACT_ERRNO';
const EPERM = 1;
const ENOSYS = 38;

/** The ABIs that a process may use on that machine, native one first. */
const ARCHITECTURES: Record<Architecture, string[]> = {
  amd64: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  arm64: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
};

export function defaultSeccomp({ architecture, capabilities }: SeccompContext): LinuxSeccomp {
  const names = new Set([...ALWAYS, ...BY_ARCHITECTURE[architecture]]);
  for (const [capability, more] of Object.entries(BY_CAPABILITY)) {
    if (capabilities.includes(capability)) for (const name of more) names.add(name);
  }
  const argument = (index: number, value: number, op: string) => [{ index, value, op: `SCMP_CMP_${op}` }];
  const syscalls: LinuxSeccomp['syscalls'] = [
    { names: [...names], action: ALLOW },
    { names: ['socket'], action: ALLOW, args: argument(0, AF_VSOCK, 'NE') },
    ...PERSONALITIES.map((value) => ({
      names: ['personality'],
      action: ALLOW,
      args: argument(0, value, 'EQ'),
    })),
  ];
  if (!capabilities.includes('CAP_SYS_ADMIN')) {
    const noNamespace = { index: 0, value: CLONE_NAMESPACES, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' };
    syscalls.push({ names: ['clone'], action: ALLOW, args: [noNamespace] });
    // clone3 passes its flags by pointer, where a filter can't look: "not there" makes libc fall back to clone.
    syscalls.push({ names: ['clone3'], action: ERRNO, errnoRet: ENOSYS });
  }
  return {
    defaultAction: ERRNO,
    defaultErrnoRet: EPERM,
    architectures: ARCHITECTURES[architecture],
    syscalls,
  };
}

/** A user's profile with its conditions decided. */
export function resolveSeccomp(profile: SeccompProfile, context: SeccompContext): LinuxSeccomp {
  if (typeof profile?.defaultAction !== 'string') {
    throw new Fault('invalid', 'Decoding seccomp profile failed: defaultAction is missing');
  }
  const { archMap, syscalls, architectures, ...rest } = profile;
  const listed = architectures?.length ? architectures : undefined;
  if (listed && archMap?.length) {
    throw new Fault('invalid', "use either 'architectures' or 'archMap' in the seccomp profile, not both");
  }
  return {
    ...rest,
    architectures: listed ?? fromMap(archMap, context),
    syscalls: (syscalls ?? []).filter((rule) => applies(rule, context)).map(plain),
  };
}

function fromMap(map: SeccompProfile['archMap'], { architecture }: SeccompContext): string[] | undefined {
  const native = ARCHITECTURES[architecture][0];
  const entry = map?.find((candidate) => candidate.architecture === native);
  return entry && [entry.architecture, ...(entry.subArchitectures ?? [])];
}

function plain(rule: Rule): LinuxSeccomp['syscalls'][number] {
  const names = rule.names ?? (rule.name ? [rule.name] : []);
  const { action, errnoRet, args } = rule;
  return {
    names,
    action,
    ...(errnoRet === undefined ? {} : { errnoRet }),
    ...(args?.length ? { args } : {}),
  };
}

function applies({ includes = {}, excludes = {} }: Rule, context: SeccompContext): boolean {
  const { capabilities, architecture, kernel } = context;
  const holds = (name: string) => capabilities.includes(name);
  if (excludes.arches?.includes(architecture)) return false;
  if (excludes.caps?.some(holds)) return false;
  if (excludes.minKernel && atLeast(kernel, excludes.minKernel)) return false;
  if (includes.arches?.length && !includes.arches.includes(architecture)) return false;
  if (includes.caps?.length && !includes.caps.every(holds)) return false;
  return !includes.minKernel || atLeast(kernel, includes.minKernel);
}

/** Whether a release as `uname -r` prints it is that version (`major.minor`) or a later one. */
export function atLeast(release: string, version: string): boolean {
  const [major = 0, minor = 0] = release.split(/[^0-9]+/).map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = version.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
