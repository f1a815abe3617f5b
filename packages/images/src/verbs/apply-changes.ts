import { Fault } from '@pontoon/fault';
import type { RunConfiguration } from '../store/config.ts';

/**
 * Applies instructions of a Dockerfile (`CMD ["sh"]`, `ENV A=b`, …) to how an image's containers run: `--change` of
 * commit and import.
 * @throws {Fault} invalid, in Docker's words
 */
export function applyChanges(config: RunConfiguration, changes: string[]): RunConfiguration {
  return changes
    .flatMap((change) => change.split('\n'))
    .filter((line) => line.trim() !== '')
    .reduce((changed, line) => applyChange(changed, line.trim()), structuredClone(config));
}

function applyChange(config: RunConfiguration, line: string): RunConfiguration {
  const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  const instruction = INSTRUCTIONS[name.toLowerCase()];
  if (!instruction) throw new Fault('invalid', `${name.toLowerCase()} is not a valid change command`);
  if (rest === '') throw new Fault('invalid', `${name.toUpperCase()} requires at least one argument`);
  return { ...config, ...instruction(rest, config) };
}

type Instruction = (rest: string, config: RunConfiguration) => RunConfiguration;

const INSTRUCTIONS: Record<string, Instruction> = {
  cmd: (rest) => ({ Cmd: command(rest) }),
  entrypoint: (rest, { Cmd }) => ({ Entrypoint: command(rest), Cmd: Cmd ?? null }),
  env: (rest, { Env }) => ({ Env: mergeEnvironment(Env ?? [], pairs('ENV', rest)) }),
  expose: (rest, { ExposedPorts }) => ({
    ExposedPorts: { ...ExposedPorts, ...keys(rest.split(/\s+/).flatMap(ports)) },
  }),
  healthcheck: (rest) => ({ Healthcheck: healthcheck(rest) }),
  label: (rest, { Labels }) => ({ Labels: { ...Labels, ...Object.fromEntries(pairs('LABEL', rest)) } }),
  onbuild: (rest, { OnBuild }) => ({ OnBuild: [...(OnBuild ?? []), rest] }),
  stopsignal: (rest) => ({ StopSignal: rest }),
  user: (rest) => ({ User: rest }),
  volume: (rest, { Volumes }) => ({ Volumes: { ...Volumes, ...keys(list(rest) ?? rest.split(/\s+/)) } }),
  workdir: (rest, { WorkingDir = '/' }) => ({
    WorkingDir: rest.startsWith('/') ? rest : `${WorkingDir.replace(/\/$/, '')}/${rest}`,
  }),
};

/** A JSON list is taken as it is; anything else goes to a shell. */
function command(rest: string): string[] {
  return list(rest) ?? ['/bin/sh', '-c', rest];
}

function list(rest: string): string[] | undefined {
  if (!rest.startsWith('[')) return undefined;
  try {
    const value = JSON.parse(rest) as unknown;
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

function keys(names: string[]): Record<string, object> {
  return Object.fromEntries(names.filter(Boolean).map((name) => [name, {}]));
}

/** `80` is `80/tcp`; `80-82` is three. */
function ports(text: string): string[] {
  const [, first, last = first, protocol = 'tcp'] =
    /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (!(from >= 1 && to >= from && to <= 65535)) throw new Fault('invalid', `invalid containerPort: ${text}`);
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol.toLowerCase()}`);
}

/** `A=b C="d e"`, or the old form `A b c`. */
export function pairs(instruction: string, rest: string): [string, string][] {
  const words = wordsOf(rest);
  const first = words[0] ?? '';
  if (!first.includes('=')) {
    const [, name = '', value] = /^(\S+)\s+(.*)$/s.exec(rest) ?? [];
    if (value === undefined) throw new Fault('invalid', `${instruction} must have two arguments`);
    return [[name, value]];
  }
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 1) {
      throw new Fault('invalid', `Syntax error - can't find = in "${word}". Must be of the form: name=value`);
    }
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}

/** Words at blanks, quotes and backslashes taken away. */
function wordsOf(text: string): string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs) ?? [];
  return words.map((word) =>
    word.replace(
      /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs,
      (_, double?: string, single?: string, plain?: string) =>
        double === undefined ? (single ?? plain ?? '') : double.replace(/\\(["\\$])/g, '$1'),
    ),
  );
}

function mergeEnvironment(before: string[], added: [string, string][]): string[] {
  const names = new Set(added.map(([name]) => name));
  const kept = before.filter((entry) => !names.has(entry.split('=')[0] as string));
  return [...kept, ...added.map(([name, value]) => `${name}=${value}`)];
}

const OPTIONS: Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval' | 'Retries'> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
  retries: 'Retries',
};

function healthcheck(rest: string): NonNullable<RunConfiguration['Healthcheck']> {
  const check: NonNullable<RunConfiguration['Healthcheck']> = {};
  let left = rest;
  for (let found = /^--([a-z-]+)=(\S+)\s+/.exec(left); found; found = /^--([a-z-]+)=(\S+)\s+/.exec(left)) {
    const key = OPTIONS[found[1] as string];
    if (!key) throw new Fault('invalid', `Unknown flag: ${found[1]}`);
    check[key] = key === 'Retries' ? Number(found[2]) : nanoseconds(found[2] as string);
    left = left.slice(found[0].length);
  }
  if (/^none$/i.test(left)) return { Test: ['NONE'] };
  const [, type = '', test = ''] = /^(\S+)\s*(.*)$/s.exec(left) ?? [];
  if (type.toUpperCase() !== 'CMD')
    throw new Fault('invalid', `Unknown type "${type}" in HEALTHCHECK (try CMD)`);
  const words = list(test);
  return { ...check, Test: words ? ['CMD', ...words] : ['CMD-SHELL', test] };
}

const SECONDS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/** A duration in Go's words: `1m30s`. */
function nanoseconds(text: string): number {
  if (!/^(\d+(\.\d+)?(h|ms|m|s|us|ns))+$/.test(text))
    throw new Fault('invalid', `time: invalid duration "${text}"`);
  const parts = [...text.matchAll(/([\d.]+)(h|ms|m|s|us|ns)/g)];
  return Math.round(
    parts.reduce((sum, [, n, unit]) => sum + Number(n) * (SECONDS[unit as string] ?? 0) * 1e9, 0),
  );
}
