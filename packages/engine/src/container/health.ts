import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Health, HealthConfig, HealthcheckResult } from '@pontoon/api';
import { messageOf } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { execProcess } from '../exec/process.ts';
import type { ContainerRecord } from '../record.ts';
import { timestamp } from '../time.ts';

/** What an image or a client leaves out: moby, daemon/health.go. Milliseconds. */
const DEFAULTS = { interval: 30_000, timeout: 30_000, retries: 3, startInterval: 5_000 };
/** Results and their output that the record keeps. */
const KEPT = 5;
const OUTPUT_BYTES = 4096;

/** Checks a running container's health, if it says how, until the run ends. */
export function startHealth(engine: Engine, record: ContainerRecord): void {
  const check = record.config.Healthcheck;
  const command = check && commandOf(check, record.config.Shell ?? ['/bin/sh', '-c']);
  const live = engine.live.of(record.id);
  live.stopHealth?.();
  delete live.stopHealth;
  if (!command) {
    delete record.state.Health;
    return;
  }
  record.state.Health = { Status: 'starting', FailingStreak: 0, Log: [] };
  const stop = new AbortController();
  live.stopHealth = () => stop.abort();
  void watch(engine, record, check, command, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) engine.log('warn', 'health check', { id: record.id, error: messageOf(error) });
  });
}

/** Undefined: none, or switched off. */
export function commandOf({ Test }: HealthConfig, shell: string[]): string[] | undefined {
  const [kind, ...rest] = Test ?? [];
  if (kind === 'CMD') return rest;
  if (kind === 'CMD-SHELL') return [...shell, rest.join(' ')];
  return undefined;
}

async function watch(
  engine: Engine,
  record: ContainerRecord,
  check: HealthConfig,
  command: string[],
  signal: AbortSignal,
): Promise<void> {
  const started_ms = Date.now();
  const startPeriod_ms = milliseconds(check.StartPeriod, 0);
  while (!signal.aborted) {
    const health = record.state.Health;
    if (!health) return;
    const isStarting = health.Status === 'starting' && Date.now() - started_ms < startPeriod_ms;
    const pause_ms = isStarting
      ? milliseconds(check.StartInterval, DEFAULTS.startInterval)
      : milliseconds(check.Interval, DEFAULTS.interval);
    await sleep(pause_ms, undefined, { signal });
    if (record.state.Paused) continue;
    const result = await probe(engine, record, command, milliseconds(check.Timeout, DEFAULTS.timeout));
    if (signal.aborted) return;
    const forgiven = Date.now() - started_ms < startPeriod_ms;
    const before = health.Status;
    judge(health, result, { retries: check.Retries || DEFAULTS.retries, forgiven });
    if (health.Status !== before) {
      engine.store.containers.note(record);
      containerEvent(engine, record, `health_status: ${health.Status}`);
    }
  }
}

/** What one result makes of the state. @param o forgiven: failures do not count yet (the start period) */
export function judge(
  health: Health,
  result: HealthcheckResult,
  o: { retries: number; forgiven: boolean },
): void {
  health.Log = [...(health.Log ?? []), result].slice(-KEPT);
  if (result.ExitCode === 0) {
    health.FailingStreak = 0;
    health.Status = 'healthy';
    return;
  }
  if (health.Status === 'starting' && o.forgiven) return;
  health.FailingStreak += 1;
  if (health.FailingStreak >= o.retries) health.Status = 'unhealthy';
}

async function probe(
  engine: Engine,
  record: ContainerRecord,
  command: string[],
  timeout_ms: number,
): Promise<HealthcheckResult> {
  const Start = timestamp();
  const { code, output } = await runProbe(engine, record, command, timeout_ms).catch((error: unknown) => ({
    code: -1,
    output: messageOf(error),
  }));
  return { Start, End: timestamp(), ExitCode: code, Output: output };
}

async function runProbe(engine: Engine, record: ContainerRecord, command: string[], timeout_ms: number) {
  const session = await engine.containers.exec(record.id, {
    execId: randomBytes(32).toString('hex'),
    process: execProcess(record, { Cmd: command }),
    terminal: false,
    stdin: false,
    attach: true,
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    try {
      process.kill(session.pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }, timeout_ms);
  try {
    const output = await firstBytes(session.streams?.output);
    const code = await session.exited;
    if (!isLate) return { code, output };
    return { code: -1, output: `Health check exceeded timeout (${timeout_ms / 1000}s)` };
  } finally {
    clearTimeout(timer);
  }
}

async function firstBytes(output: AsyncIterable<{ bytes: Buffer }> | undefined): Promise<string> {
  let kept = Buffer.alloc(0);
  for await (const { bytes } of output ?? []) {
    if (kept.length < OUTPUT_BYTES) kept = Buffer.concat([kept, bytes]).subarray(0, OUTPUT_BYTES);
  }
  return kept.toString();
}

function milliseconds(nanoseconds: number | undefined, standard: number): number {
  return nanoseconds ? nanoseconds / 1_000_000 : standard;
}
