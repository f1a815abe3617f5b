import { resolve } from 'node:path';
import type { MountRequest, MountType } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { parseBool, parseBytes } from '../flags/values.ts';
import { splitFields, splitPair } from './fields.ts';

const TYPES: MountType[] = ['bind', 'volume', 'tmpfs', 'image', 'npipe', 'cluster'];
const TAKES_NO_VALUE = ['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive', 'bind-create-src'];

type Setter = (mount: MountRequest, value: string, key: string) => void;

/** One entry a key of `--mount`. */
const SETTERS: Record<string, Setter> = {
  type: (mount, value) => {
    mount.Type = value.toLowerCase() as MountType;
  },
  source: (mount, value) => {
    mount.Source = value.startsWith('.') ? resolve(value) : value;
  },
  target: (mount, value) => {
    mount.Target = value;
  },
  readonly: (mount, value, key) => {
    mount.ReadOnly = truth(value, key);
  },
  consistency: (mount, value) => {
    mount.Consistency = value.toLowerCase();
  },
  'bind-propagation': (mount, value) => {
    mount.BindOptions = { ...mount.BindOptions, Propagation: value.toLowerCase() };
  },
  'bind-nonrecursive': (mount, value, key) => {
    mount.BindOptions = { ...mount.BindOptions, NonRecursive: truth(value, key) };
  },
  'bind-create-src': (mount, value, key) => {
    mount.BindOptions = { ...mount.BindOptions, CreateMountpoint: truth(value, key) };
  },
  'bind-recursive': (mount, value, key) => {
    mount.BindOptions = { ...mount.BindOptions, ...recursion(value, key) };
  },
  'volume-subpath': (mount, value) => {
    mount.VolumeOptions = { ...mount.VolumeOptions, Subpath: value };
  },
  'image-subpath': (mount, value) => {
    mount.ImageOptions = { Subpath: value };
  },
  'volume-nocopy': (mount, value, key) => {
    mount.VolumeOptions = { ...mount.VolumeOptions, NoCopy: truth(value, key) };
  },
  'volume-label': (mount, value) => {
    const Labels = { ...mount.VolumeOptions?.Labels, ...pair(value) };
    mount.VolumeOptions = { ...mount.VolumeOptions, Labels };
  },
  'volume-driver': (mount, value) => {
    const DriverConfig = { ...mount.VolumeOptions?.DriverConfig, Name: value };
    mount.VolumeOptions = { ...mount.VolumeOptions, DriverConfig };
  },
  'volume-opt': (mount, value) => {
    const Options = { ...mount.VolumeOptions?.DriverConfig?.Options, ...pair(value) };
    mount.VolumeOptions = {
      ...mount.VolumeOptions,
      DriverConfig: { ...mount.VolumeOptions?.DriverConfig, Options },
    };
  },
  'tmpfs-size': (mount, value, key) => {
    mount.TmpfsOptions = { ...mount.TmpfsOptions, SizeBytes: size(value, key) };
  },
  'tmpfs-mode': (mount, value, key) => {
    if (!/^[0-7]+$/.test(value)) invalid(`invalid value for ${key}: ${value}`);
    mount.TmpfsOptions = { ...mount.TmpfsOptions, Mode: Number.parseInt(value, 8) };
  },
};

const ALIASES: Record<string, string> = {
  src: 'source',
  dst: 'target',
  destination: 'target',
  ro: 'readonly',
};

/** `--mount type=bind,source=/a,target=/b,readonly`. The texts of the Faults are those of Docker's client. */
export function readMount(given: string): MountRequest {
  const mount: MountRequest = { Type: 'volume', Target: '' };
  for (const field of splitFields(given)) {
    const { key, value } = splitPair(field);
    if (value === undefined && !TAKES_NO_VALUE.includes(key))
      invalid(`invalid field '${field}' must be a key=value pair`);
    const setter = SETTERS[ALIASES[key] ?? key];
    if (!setter) invalid(`unexpected key '${key}' in '${field}'`);
    setter(mount, value ?? 'true', key);
  }
  return checked(mount);
}

function checked(mount: MountRequest): MountRequest {
  if (!TYPES.includes(mount.Type)) return mount; // the daemon's words are better than a guess of ours
  if (mount.Target === '') invalid('target is required');
  const only: [keyof MountRequest, MountType, string][] = [
    ['VolumeOptions', 'volume', 'volume-*'],
    ['BindOptions', 'bind', 'bind-*'],
    ['TmpfsOptions', 'tmpfs', 'tmpfs-*'],
    ['ImageOptions', 'image', 'image-*'],
  ];
  for (const [part, type, name] of only)
    if (mount[part] !== undefined && mount.Type !== type)
      invalid(`cannot mix '${name}' options with mount type '${mount.Type}'`);
  return mount;
}

/** `-v`: with a colon a bind (or a named volume), without one an anonymous volume. */
export function readVolumes(given: string[]): { binds: string[]; volumes: Record<string, object> } {
  const binds = given.filter((volume) => volume.includes(':')).map(absoluteSource);
  const anonymous = given.filter((volume) => !volume.includes(':'));
  return { binds, volumes: Object.fromEntries(anonymous.map((target) => [target, {}])) };
}

function absoluteSource(bind: string): string {
  const [source = '', ...rest] = bind.split(':');
  if (rest.length > 2) invalid(`invalid spec: ${bind}: too many colons`);
  if ([source, ...rest].includes('')) invalid(`invalid spec: ${bind}: empty section between colons`);
  return /^\.{1,2}(\/|$)/.test(source) ? [resolve(source), ...rest].join(':') : bind;
}

/** `--tmpfs /run:rw,size=64m` → target and options. */
export function readTmpfs(given: string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((tmpfs) => {
      const at = tmpfs.indexOf(':');
      return at < 0 ? [tmpfs, ''] : [tmpfs.slice(0, at), tmpfs.slice(at + 1)];
    }),
  );
}

function truth(value: string, key: string): boolean {
  try {
    return parseBool(value);
  } catch {
    return invalid(`invalid value for ${key}: ${value}`);
  }
}

function recursion(value: string, key: string) {
  switch (value) {
    case 'enabled':
      return {};
    case 'disabled':
      return { NonRecursive: true };
    case 'writable':
      return { ReadOnlyNonRecursive: true };
    case 'readonly':
      return { ReadOnlyForceRecursive: true };
    default:
      return invalid(
        `invalid value for ${key}: ${value} (must be "enabled", "disabled", "writable", or "readonly")`,
      );
  }
}

function size(value: string, key: string): number {
  try {
    return parseBytes(value);
  } catch {
    return invalid(`invalid value for ${key}: ${value}`);
  }
}

function pair(text: string): Record<string, string> {
  const at = text.indexOf('=');
  return at < 0 ? { [text]: '' } : { [text.slice(0, at)]: text.slice(at + 1) };
}

function invalid(message: string): never {
  throw new Fault('invalid', message);
}
