/** What an engine has in the kernel and on disk now: compared before and after, to see that nothing was left. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineUnderTest } from './engine.ts';
import { until } from './until.ts';

export interface Traces {
  links: string[];
  addresses: string[];
  rules: string[];
  mounts: string[];
  namespaces: string[];
  processes: string[];
  containers: string[];
  cgroups: string[];
}

export async function traces(engine: EngineUnderTest): Promise<Traces> {
  const { host } = engine;
  return {
    links: words(await host.run(['ip', '-o', 'link', 'show']), /^\d+: ([^:@]+)/gm),
    addresses: words(await host.run(['ip', '-o', 'address', 'show']), /inet6? (\S+)/gm).filter(
      (a) => !a.startsWith('fe80'),
    ),
    rules: (await rulesOf(engine)).split('\n').sort(),
    mounts: words(readFileSync('/proc/self/mountinfo', 'utf8'), /^(?:\S+ ){4}(\S+)/gm).filter((path) =>
      path.startsWith(engine.lab.directory),
    ),
    // dockerd removes the files of gone namespaces a minute later.
    namespaces: engine.isOracle ? [] : entries(join(engine.runRoot, 'netns')),
    processes: processesNaming(engine.lab.directory, engine.pid),
    containers: entries(join(engine.dataRoot, 'containers')),
    cgroups: cgroupsOf(engine),
  };
}

/** Runs something that must leave no trace: what the engine had before is what it has afterwards. */
export async function leavesNothing(engine: EngineUnderTest, run: () => Promise<void>): Promise<void> {
  const before = await traces(engine);
  await run();
  await sameAs(engine, before);
}

/** Waits until the engine has what it had then: a tear-down may still be on its way. */
export async function sameAs(engine: EngineUnderTest, before: Traces): Promise<void> {
  await until('everything as before', async () => {
    const now = await traces(engine);
    const differences = Object.keys(before).flatMap((kind) => difference(kind as keyof Traces, before, now));
    if (differences.length > 0) throw new Error(differences.join('\n'));
    return true;
  });
}

function difference(kind: keyof Traces, before: Traces, now: Traces): string[] {
  const gone = before[kind].filter((entry) => !now[kind].includes(entry));
  const left = now[kind].filter((entry) => !before[kind].includes(entry));
  return [...gone.map((entry) => `${kind} gone: ${entry}`), ...left.map((entry) => `${kind} left: ${entry}`)];
}

async function rulesOf({ host, isOracle }: EngineUnderTest): Promise<string> {
  const { stdout } = await host.attempt(isOracle ? ['iptables-save'] : ['nft', 'list', 'ruleset']);
  // Counters and iptables-save's time stamps change by themselves.
  return stdout.replaceAll(/counter packets \d+ bytes \d+/g, 'counter').replaceAll(/^[#:].*$/gm, '');
}

/** Processes of containers: conmon or a shim names the engine's directory; the daemon itself is left out. */
function processesNaming(directory: string, daemon: number): string[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && Number(entry) !== daemon);
  return pids.flatMap((pid) => {
    const line = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
    const monitors = /^\S*(conmon|containerd-shim)/.test(line) && line.includes(directory);
    return monitors ? [`${pid} ${line}`] : [];
  });
}

function cgroupsOf(engine: EngineUnderTest): string[] {
  const known = new Set(entries(join(engine.dataRoot, 'containers')));
  const base = '/sys/fs/cgroup/memory';
  return ['docker', 'pontoon', ''].flatMap((parent) =>
    entries(join(base, parent)).filter((name) => [...known].some((id) => name.includes(id))),
  );
}

function words(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '').sort();
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
