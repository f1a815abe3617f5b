/**
 * Runs inside the lab's host, whose namespace is what a HostNetwork works on. Verbs come in as lines of JSON, and answers
 * go out as lines of JSON.
 */
import { createInterface } from 'node:readline';
import { HostNetwork } from '@pontoon/network';

const [runRoot = '', bridge = 'pontoon0'] = process.argv.slice(2);
const findings: unknown[] = [];
const network = await HostNetwork.open({
  ...{ runRoot, bridge, pools: [], owner: 'test' },
  log: (level, text) => process.stderr.write(`${level}: ${text}\n`),
});

const extra: Record<string, (...args: never[]) => unknown> = {
  startWatching: () => network.watch((finding) => findings.push(finding)),
  findings: () => findings,
};

function run(verb: string, args: unknown[]): unknown {
  const own = extra[verb];
  if (own) return own(...(args as never[]));
  const method = network[verb as keyof HostNetwork] as (...values: unknown[]) => unknown;
  return method.apply(network, args);
}

function answer(line: string): object {
  const { verb, args } = JSON.parse(line) as { verb: string; args: unknown[] };
  const started_ms = performance.now();
  try {
    const result = run(verb, args);
    return { result: result ?? null, duration_ms: performance.now() - started_ms };
  } catch (error) {
    const { kind, message } = error as { kind?: string; message: string };
    return { error: { kind, message } };
  }
}

process.stdout.write('{}\n');
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(line))}\n`);
}
network.close();
