// A host without crun: the same daemon on runc. Skipped where that is not installed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findProgram } from '@pontoon/oci';
import { isOracle, openEngine } from '../engine.ts';
import { staying } from '../parts.ts';

const missing = findProgram('runc') === undefined && 'runc is not installed';

describe('on runc', { skip: isOracle ? 'dockerd: its runtime is its own matter' : missing }, () => {
  test('the four modes, exec, stop and removal work as on crun', async () => {
    const engine = await openEngine({ flags: ['--default-runtime', 'runc'] });
    try {
      await everyMode(engine.docker);
    } finally {
      await engine.close();
    }
  });
});

async function everyMode(docker: (...argv: string[]) => Promise<string>): Promise<void> {
  assert.equal(await docker('info', '--format', '{{.DefaultRuntime}}'), 'runc');
  await docker('run', '-d', '--name', 'first', 'busybox', ...staying);
  for (const mode of ['bridge', 'host', 'none', 'container:first']) {
    assert.equal(await docker('run', '--rm', `--network=${mode}`, 'busybox', 'echo', mode), mode);
  }
  const address = await docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'first');
  await docker('run', '--rm', 'busybox', 'ping', '-c1', '-W5', address);
  assert.equal(await docker('exec', 'first', 'echo', 'inside'), 'inside');
  await docker('stop', '-t', '1', 'first');
  assert.match(await docker('inspect', '-f', '{{.State.Status}}', 'first'), /^exited$/);
  await docker('start', 'first');
  await docker('rm', '-f', 'first');
  assert.equal(await docker('ps', '-aq'), '');
}
