/** Sends what a seed makes, a few at a time, and says what a daemon must not do. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { EngineUnderTest } from '../engine.ts';
import { staying } from '../parts.ts';
import { randomFrom } from './random.ts';
import { type FuzzRequest, requestFrom } from './requests.ts';

/** An answer is awaited for so long; then the client goes, as clients do. */
const patience_ms = 4000;
const atOnce = 4;

export interface Findings {
  sent: number;
  byStatus: Record<string, number>;
  /** What is wrong, with the request that did it. */
  wrong: string[];
}

export async function fuzz(
  engine: EngineUnderTest,
  o: { seed: number; requests: number; until_ms: number },
): Promise<Findings> {
  const random = randomFrom(o.seed);
  const findings: Findings = { sent: 0, byStatus: {}, wrong: [] };
  const { pid } = engine;
  const worker = async (): Promise<void> => {
    while (findings.sent < o.requests && performance.now() < o.until_ms) {
      if (findings.sent++ % 100 === 0) await furnish(engine);
      const request = requestFrom(random);
      const answer = await send(engine.socket, request);
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'none';
      findings.byStatus[status] = (findings.byStatus[status] ?? 0) + 1;
      const wrong = judge(status, answer);
      if (wrong) findings.wrong.push(`${wrong}: ${request.title}: ${answer.slice(-300)}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const alive = await engine.api('GET', '/_ping');
  if (alive.text !== 'OK' || engine.pid !== pid) findings.wrong.push('the daemon did not live through it');
  findings.wrong.push(...defects(engine.log));
  return findings;
}

/** What the requests name, as far as they have not removed it. */
async function furnish({ api }: EngineUnderTest): Promise<void> {
  await api('POST', '/networks/create', {
    body: { Name: 'net', IPAM: { Config: [{ Subnet: '10.66.0.0/24' }] } },
  });
  await api('POST', '/volumes/create', { body: { Name: 'vol' } });
  for (const [name, Cmd] of [
    ['target', staying],
    ['still', ['true']],
  ] as const)
    await api('POST', `/containers/create?name=${name}`, { body: { Image: 'busybox', Cmd } });
  await api('POST', '/containers/target/start');
}

function send(socketPath: string, { bytes, cutAt }: FuzzRequest): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(socketPath);
    const timer = setTimeout(() => socket.destroy(), patience_ms);
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts).toString('latin1'));
    });
    socket.write(bytes.subarray(0, cutAt ?? bytes.length), () => {
      if (cutAt !== undefined) socket.destroy();
    });
  });
}

/** An error has Docker's form, whoever found it. */
function judge(status: string, answer: string): string | undefined {
  const [, body = ''] = answer.split(/\r\n\r\n(.*)/s);
  if (!/^[45]/.test(status) || answer.startsWith('HTTP/1.1 100')) return undefined;
  // The head alone answers HEAD.
  if (body !== '' && !/^\{"message":".+"\}\n$/s.test(body)) return 'an error that is not in Docker’s form';
  return undefined;
}

/** A thrown value that is no Fault is logged with its stack. */
function defects(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /(Type|Range|Reference|Syntax|URI|Assertion)Error|msg="unhandled/.test(line))
    .map((line) => `a defect: ${line.slice(0, 500)}`);
}
