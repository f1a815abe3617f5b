import { Exit } from '../exit.ts';
import type { Context } from '../verb.ts';
import type { Check, Mode } from './check.ts';
import { type Interfaces, LIST_INTERFACES, readInterfaces } from './interfaces.ts';
import { bridgeChecks } from './modes/bridge.ts';
import { containerChecks } from './modes/container.ts';
import { hostChecks } from './modes/host.ts';
import { noneChecks } from './modes/none.ts';
import { MODES, type Report, reportTo } from './report.ts';
import { ECHO_ADDRESS, idle, openStage, type Stage } from './stage.ts';

interface Cast {
  web: string;
  neighbour: string;
  onHost: string;
  joined: string;
  alone: string;
}

/**
 * The four modes on real containers, in a lab of its own. All that is printed is measured. The exit status is 0 only if
 * everything held.
 */
export async function runDemo({ stdout, stderr }: Context, json: boolean): Promise<number> {
  if (process.getuid?.() !== 0)
    throw new Exit(1, 'pontoon: the demo makes network namespaces, which only root may');
  const started_ms = performance.now();
  // For machines the story goes to stderr, and stdout has the result alone.
  const report = reportTo(json ? stderr : stdout);
  report.line('Pontoon: the four network modes, on real containers\n');
  report.line('  making a lab of network namespaces; the network of this machine stays as it is');
  await using stage = await openStage();
  const { checks, engine } = await play(stage, report);
  await stage[Symbol.asyncDispose]();
  const duration_ms = performance.now() - started_ms;
  report.summary(checks, duration_ms);
  const held = checks.every((check) => check.held);
  if (json)
    stdout.write(
      `${JSON.stringify({ held, duration_ms: Math.round(duration_ms), engine, checks }, null, 2)}\n`,
    );
  return held ? 0 : 1;
}

/** The story itself, on any stage. */
export async function play(stage: Stage, report: Report) {
  const { lab, client } = stage;
  report.line(`  a host ${lab.addresses.host}, and an outside ${lab.addresses.outside}`);
  const { DefaultRuntime, KernelVersion, ServerVersion } = await client.call('SystemInfo');
  report.line(
    `  engine ${ServerVersion} ready after ${Math.round(stage.ready_ms)} ms: ${DefaultRuntime}, Linux ${KernelVersion}`,
  );
  const startedAt_ms = performance.now();
  const cast = await startCast(stage);
  report.line(`  five containers of busybox started in ${Math.round(performance.now() - startedAt_ms)} ms`);
  report.interfaces(await listInterfaces(stage, cast));
  const checks: Check[] = [];
  for (const mode of MODES) {
    report.heading(mode);
    for await (const check of checksOf(mode, stage, cast)) {
      report.check(check);
      checks.push(check);
    }
  }
  return { checks, engine: { version: ServerVersion, runtime: DefaultRuntime, kernel: KernelVersion } };
}

async function startCast({ start }: Stage): Promise<Cast> {
  const published = {
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
  };
  const web = await start('web', 'bridge', `${ECHO_ADDRESS} 80`, published);
  const [neighbour, onHost, joined, alone] = await Promise.all([
    start('neighbour', 'bridge', idle),
    start('on-host', 'host', `${ECHO_ADDRESS} 9090`),
    start('joined', `container:${web}`, idle),
    start('alone', 'none', idle),
  ]);
  return { web, neighbour, onHost, joined, alone };
}

function checksOf(mode: Mode, stage: Stage, cast: Cast): AsyncGenerator<Check> {
  switch (mode) {
    case 'bridge':
      return bridgeChecks(stage, cast.web, cast.neighbour);
    case 'host':
      return hostChecks(stage, cast.onHost);
    case 'container':
      return containerChecks(stage, cast.web, cast.joined);
    case 'none':
      return noneChecks(stage, cast.alone);
  }
}

async function listInterfaces({ lab, exec }: Stage, cast: Cast): Promise<[string, Interfaces][]> {
  const inside = async (id: string) => readInterfaces((await exec(id, ...LIST_INTERFACES)).stdout);
  return [
    ['the host', readInterfaces(await lab.host.run(['busybox', ...LIST_INTERFACES]))],
    ['bridge (A)', await inside(cast.web)],
    ['host', await inside(cast.onHost)],
    ['container:A', await inside(cast.joined)],
    ['none', await inside(cast.alone)],
  ];
}
