import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const isInstalled = existsSync('/usr/bin/docker-registry');
const skip = isInstalled ? false : 'docker-registry is not installed';

// The registry listens on the loopback of a network namespace of its own, so everything that talks to it runs there.
test('images are pulled from and pushed to a real registry', { timeout: 90_000, skip }, async () => {
  const file = fileURLToPath(new URL('./images-registry-inside.ts', import.meta.url));
  const script = `ip link set lo up; exec "$0" --test-reporter=tap "${file}"`;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // else the inner run would report in no text
  const child = spawn('unshare', ['--net', 'sh', '-c', script, process.execPath], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => output.push(String(piece)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(code, 0, output.join(''));
  const passed = [...output.join('').matchAll(/^ok \d+ - /gm)].length;
  assert.ok(passed >= 11, `${passed} tests inside`);
});
