import type { CreateOptions } from '@pontoon/oci';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';
import { logPath } from './places.ts';

const UNITS: Record<string, number> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Where conmon writes what the container says; nowhere with `--log-driver none`. */
export function logTarget(engine: Engine, { id, hostConfig }: ContainerRecord): CreateOptions['log'] {
  const { Type, Config } = hostConfig.LogConfig ?? { Type: 'json-file' };
  if (Type === 'none') return undefined;
  const maxBytes = parseSize(Config?.['max-size'] ?? '');
  return { path: logPath(engine, id), ...(maxBytes ? { maxBytes } : {}) };
}

/** `10m` */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([bkmg]?)b?$/i.exec(text) ?? [];
  return number === undefined ? undefined : Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? 1));
}
