// testcontainers for Node, as test suites use it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openEngine } from '../../engine.ts';
import { runTestsInside } from '../../inside.ts';

const engine = await openEngine();
after(() => engine.close());

// Its reaper is an image of a registry that is not in reach.
test('testcontainers starts, waits, executes, copies, connects and removes', async () => {
  await engine.docker('run', '--rm', 'busybox', 'true');
  const file = new URL('./testcontainers-inside.ts', import.meta.url);
  const passed = await runTestsInside(['nsenter', `--net=${engine.host.path}`, '--'], file, {
    DOCKER_HOST: `unix://${engine.socket}`,
    TESTCONTAINERS_RYUK_DISABLED: 'true',
  });
  assert.ok(passed >= 9, `${passed} tests inside`);
  assert.equal(await engine.docker('ps', '-aq', '--filter', 'label=org.testcontainers'), '');
  assert.equal(await engine.docker('network', 'ls', '-q', '--filter', 'label=org.testcontainers'), '');
});
