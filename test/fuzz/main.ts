/** `npm run fuzz -- [--seconds N] [--seed N]`: longer than npm test, and with another seed each time. */
import { parseArgs } from 'node:util';
import { openEngine } from '../engine.ts';
import { fuzz } from './run.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const until_ms = performance.now() + Number(values.seconds ?? 300) * 1000;
const engine = await openEngine();
try {
  const { sent, byStatus, wrong } = await fuzz(engine, {
    seed,
    requests: Number.POSITIVE_INFINITY,
    until_ms,
  });
  console.log(`seed ${seed}: ${sent} requests`, byStatus);
  // The same defect many times over is one: without its time.
  const distinct = new Map(wrong.map((line) => [line.replaceAll(/time=\S+ /g, '').slice(0, 200), line]));
  for (const line of distinct.values()) console.log(line);
  process.exitCode = wrong.length > 0 ? 1 : 0;
} finally {
  await engine.close();
}
process.exit();
