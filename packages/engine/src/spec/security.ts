import { readFileSync } from 'node:fs';
import { Fault } from '@pontoon/fault';
import type { SeccompProfile, SpecInput } from '@pontoon/oci';

/**
 * `--security-opt`: seccomp, no-new-privileges, systempaths, apparmor; SELinux labels are of no effect without SELinux,
 * nor is a profile without AppArmor.
 * @throws {Fault} invalid, with Docker's text
 */
export function securityOf(options: string[]): Partial<SpecInput> {
  const input: Partial<SpecInput> = {};
  for (const option of options) {
    const [, name = option, value = ''] = /^([^:=]+)[:=]?([\s\S]*)$/.exec(option) ?? [];
    if (name === 'seccomp') input.seccomp = seccompOf(value);
    else if (name === 'no-new-privileges') input.noNewPrivileges = value !== 'false';
    else if (name === 'systempaths' && value === 'unconfined')
      Object.assign(input, { maskedPaths: [], readonlyPaths: [] });
    else if (name === 'apparmor')
      Object.assign(input, value === 'unconfined' || !hasAppArmor() ? {} : { apparmorProfile: value });
    else if (name !== 'label') throw new Fault('invalid', `invalid --security-opt 2: "${option}"`);
  }
  return input;
}

/** As containerd decides it: the module is there and switched on. */
function hasAppArmor(): boolean {
  try {
    return readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').startsWith('Y');
  } catch {
    return false;
  }
}

/** Clients send the profile's text, not its path. */
function seccompOf(value: string): SpecInput['seccomp'] {
  if (value === 'unconfined') return 'unconfined';
  if (value === 'builtin' || value === 'default') return 'default';
  try {
    return JSON.parse(value) as SeccompProfile;
  } catch (error) {
    throw new Fault('invalid', `opening seccomp profile (${value}) failed: ${error}`, { cause: error });
  }
}
