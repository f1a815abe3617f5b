import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@pontoon/fault';
import type { DeviceNode } from './input.ts';

/** One rule of the device cgroup: `linux.resources.devices[]` of config.json. */
export interface DeviceRule {
  allow: boolean;
  type?: 'a' | 'b' | 'c';
  major?: number;
  minor?: number;
  access: string;
}

/** Docker's: nothing but the harmless character devices; the runtime adds pts, ptmx and the right to mknod. */
export const DEFAULT_RULES: DeviceRule[] = [
  { allow: false, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 5, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 9, access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 8, access: 'rwm' },
  { allow: true, type: 'c', major: 5, minor: 0, access: 'rwm' },
  { allow: true, type: 'c', major: 5, minor: 1, access: 'rwm' },
  { allow: false, type: 'c', major: 10, minor: 229, access: 'rwm' },
];

/** `--device-cgroup-rule`: `a *:* rwm`, `c 1:3 mr`. */
export function parseRule(text: string): DeviceRule {
  const match = /^([abc]) (\d+|\*):(\d+|\*) ([rwm]{1,3})$/.exec(text);
  if (!match) throw new Fault('invalid', `invalid device cgroup rule format: '${text}'`);
  const [, type = 'a', major = '*', minor = '*', access = ''] = match;
  return {
    allow: true,
    type: type as 'a' | 'b' | 'c',
    ...(major === '*' ? {} : { major: Number(major) }),
    ...(minor === '*' ? {} : { minor: Number(minor) }),
    access,
  };
}

/**
 * `--device onHost:inContainer:access`: one node, or all nodes below a directory.
 * @throws {Fault} invalid, with Docker's text, where there is nothing of the kind
 */
export function readDevices(onHost: string, inContainer = onHost, access = 'rwm'): DeviceNode[] {
  const found = statSync(onHost, { throwIfNoEntry: false });
  if (!found) {
    const why = `error gathering device information while adding custom device "${onHost}"`;
    throw new Fault('invalid', `${why}: no such file or directory`);
  }
  if (!found.isDirectory()) {
    const node = nodeOf(onHost, inContainer, access);
    if (node) return [node];
    const why = `error gathering device information while adding custom device "${onHost}"`;
    throw new Fault('invalid', `${why}: not a device node`);
  }
  return readdirSync(onHost, { withFileTypes: true, recursive: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const device = entry.isCharacterDevice() || entry.isBlockDevice();
    return device ? (nodeOf(path, inContainer + path.slice(onHost.length), access) ?? []) : [];
  });
}

/** Every device of the host, for `--privileged`, except what a container has of its own. */
export function hostDevices(): DeviceNode[] {
  const own =
    /^\/dev\/(pts|shm|mqueue|fd|\.lxc|\.udev)\/|^\/dev\/(console|ptmx|tty|null|zero|full|u?random)$/;
  return readDevices('/dev').filter((node) => !own.test(node.path));
}

/**
 * Numbers of a block device, for `--device-read-bps` and its kin.
 * @throws {Fault} invalid, with Docker's text
 */
export function blockDevice(path: string): { major: number; minor: number } {
  if (!statSync(path, { throwIfNoEntry: false })) {
    throw new Fault('invalid', `stat ${path}: no such file or directory`);
  }
  const node = nodeOf(path, path, 'rwm');
  if (!node) throw new Fault('invalid', `${path}: no such device`);
  return { major: node.major, minor: node.minor };
}

function nodeOf(onHost: string, path: string, access: string): DeviceNode | undefined {
  const { rdev, mode, uid, gid, ...stat } = followed(onHost);
  if (!stat.block && !stat.character) return undefined;
  const type = stat.block ? 'b' : 'c';
  return { path, type, ...numbers(rdev), mode: mode & 0o7777, uid, gid, access };
}

function followed(path: string) {
  const stat = lstatSync(path).isSymbolicLink() ? statSync(path) : lstatSync(path);
  const { rdev, mode, uid, gid } = stat;
  return { rdev, mode, uid, gid, block: stat.isBlockDevice(), character: stat.isCharacterDevice() };
}

/** gnu_dev_major and gnu_dev_minor of makedev(3), as far as a double holds them. */
function numbers(device: number): { major: number; minor: number } {
  const value = BigInt(device);
  const major = ((value >> 8n) & 0xfffn) | ((value >> 32n) & ~0xfffn);
  const minor = (value & 0xffn) | ((value >> 12n) & ~0xffn & 0xffffffffn);
  return { major: Number(major), minor: Number(minor) };
}
