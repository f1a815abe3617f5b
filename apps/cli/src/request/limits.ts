import type { DeviceMapping, RestartPolicy, ThrottleDevice, Ulimit, WeightDevice } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { parseBytes } from '../flags/values.ts';

/** `--ulimit nofile=1024:2048`, or one number for both. */
export function readUlimit(given: string): Ulimit {
  const [name = '', limits, ...more] = given.split('=');
  if (limits === undefined || more.length > 0) invalid(`invalid ulimit argument: ${given}`);
  const parts = limits.split(':');
  if (parts.length > 2)
    invalid(`too many limit value arguments - ${limits}, can only have up to two, \`soft[:hard]\``);
  const [soft, hard = soft] = parts.map((part) => {
    if (!/^-?\d+$/.test(part)) invalid(`strconv.ParseInt: parsing "${part}": invalid syntax`);
    return Number(part);
  });
  if (hard !== -1 && (soft === -1 || soft! > hard!))
    invalid(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  return { Name: name, Soft: soft!, Hard: hard! };
}

/** `--device-read-bps /dev/sda:1mb`: bytes a second. */
export function readByteRate(given: string): ThrottleDevice {
  const { path, rate } = splitDevice(given);
  try {
    return { Path: path, Rate: parseBytes(rate) };
  } catch {
    return invalid(
      `invalid rate for device: ${given}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb`,
    );
  }
}

/** `--device-read-iops /dev/sda:100`: operations a second. */
export function readOperationRate(given: string): ThrottleDevice {
  const { path, rate } = splitDevice(given);
  if (!/^\d+$/.test(rate))
    invalid(
      `invalid rate for device: ${given}. The correct format is <device-path>:<number>. Number must be a positive integer`,
    );
  return { Path: path, Rate: Number(rate) };
}

export function readWeight(given: string): WeightDevice {
  const { path, rate } = splitDevice(given);
  const weight = Number(rate);
  if (!/^\d+$/.test(rate) || (weight > 0 && (weight < 10 || weight > 1000)))
    invalid(`invalid weight for device: ${given}`);
  return { Path: path, Weight: weight };
}

function splitDevice(given: string): { path: string; rate: string } {
  const [path = '', rate, ...more] = given.split(':');
  if (rate === undefined || more.length > 0) invalid(`bad format: ${given}`);
  if (!path.startsWith('/dev/')) invalid(`bad format for device path: ${given}`);
  return { path, rate };
}

/** `--device /dev/fuse[:/dev/inside][:rwm]`. */
export function readDevice(given: string): DeviceMapping {
  const [host = '', second, third, ...more] = given.split(':');
  if (host === '' || more.length > 0) invalid(`invalid device specification: ${given}`);
  const isMode = (text: string | undefined) => text !== undefined && /^[rwm]{1,3}$/.test(text);
  if (third === undefined && isMode(second))
    return { PathOnHost: host, PathInContainer: host, CgroupPermissions: second! };
  if (third !== undefined && !isMode(third)) invalid(`invalid device specification: ${given}`);
  return { PathOnHost: host, PathInContainer: second ?? host, CgroupPermissions: third ?? 'rwm' };
}

/** `--restart on-failure:5`. Names that make no sense get the daemon's words. */
export function readRestart(given: string): RestartPolicy {
  const at = given.indexOf(':');
  if (at === 0) invalid('invalid restart policy format: no policy provided before colon');
  const name = (at < 0 ? given : given.slice(0, at)) as RestartPolicy['Name'];
  const count = at < 0 ? '0' : given.slice(at + 1);
  if (!/^-?\d+$/.test(count))
    invalid('invalid restart policy format: maximum retry count must be an integer');
  return { Name: name, MaximumRetryCount: Number(count) };
}

function invalid(message: string): never {
  throw new Fault('invalid', message);
}
