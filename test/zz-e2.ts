import { openEngine } from './engine.ts';
const engine = await openEngine();
const show = async (...argv: string[]) => {
  const t = performance.now();
  const { code, stdout, stderr } = await engine.attempt(argv, { timeout_ms: 15000 } as never);
  console.log(`$ docker ${argv.join(' ')}\n[${code}] ${Math.round(performance.now() - t)}ms ${stdout.slice(0, 1500)}${stderr.slice(0, 800)}`);
  return stdout.trim();
};
try {
  for (const line of process.argv.slice(2)) await show(...line.split(' '));
} finally {
  console.log(engine.log.slice(-3000));
  await engine.close();
}
