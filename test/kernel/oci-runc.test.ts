// The fallback where crun is missing: runc does the same work. Skipped where it is not installed.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  buildProcess,
  Containers,
  containerCapabilities,
  detectRuntime,
  findProgram,
  StartFault,
} from '@pontoon/oci';
import { collect, openPlace } from './oci-place.ts';

const options = { skip: findProgram('runc') === undefined && 'runc is not installed' };
const openRunc = () => openPlace({ runtime: 'runc' });

function session(args: string[]) {
  const user = { uid: 0, gid: 0 };
  const capabilities = containerCapabilities({});
  const process = buildProcess({ args, env: ['PATH=/bin'], cwd: '/', user, capabilities });
  return { execId: 'e1', process, terminal: false, stdin: false, attach: true };
}

test('under runc a container runs to its end, and nothing is left of it', options, async () => {
  await using place = await openRunc();
  assert.equal(place.runtime.kind, 'runc');
  const { stdout, stderr, exit } = await place.run(['sh', '-c', 'echo out; echo err >&2; exit 7']);
  assert.deepEqual([stdout, stderr, exit.code, exit.oom], ['out\n', 'err\n', 7, false]);
  const [id = ''] = place.containers.list();
  await place.containers.delete(id);
  assert.deepEqual(place.containers.list(), []);
});

test('under runc a command that cannot be run gets the text and exit code of Docker', options, async () => {
  await using place = await openRunc();
  const refusal = async (command: string) => {
    const error = await place.create([command]).catch((failure: unknown) => failure);
    assert.ok(error instanceof StartFault, String(error));
    return [error.exitCode, /unable to start container process: (.*): unknown$/.exec(error.message)?.[1]];
  };
  const missing = 'exec: "/nosuch": stat /nosuch: no such file or directory';
  assert.deepEqual(await refusal('nosuch'), [127, 'exec: "nosuch": executable file not found in $PATH']);
  assert.deepEqual(await refusal('/nosuch'), [127, missing]);
  assert.deepEqual(await refusal('/not-executable'), [126, 'exec: "/not-executable": permission denied']);
  assert.deepEqual(place.containers.list(), []);
});

test('under runc exec joins a running container, which a signal then ends', options, async () => {
  await using place = await openRunc();
  const id = await place.create(['sleep', '60']);
  await place.containers.start(id);
  const { streams, exited } = await place.containers.exec(id, session(['sh', '-c', 'exit 3']));
  assert.ok(streams);
  await collect(streams);
  assert.equal(await exited, 3);
  const exit = place.ended(id);
  place.containers.kill(id, 'SIGTERM');
  place.containers.kill(id, 'SIGKILL');
  assert.equal((await exit).code, 137);
});

test('an engine on crun joins what an earlier one made with runc', options, async () => {
  await using place = await openRunc();
  const id = await place.create(['sleep', '60'], { resources: { memory: 64 << 20 } });
  await place.containers.start(id);
  const runRoot = join(place.root, 'run');
  const next = new Containers({ runtime: await detectRuntime({ runRoot, wanted: 'crun' }), runRoot });
  const { streams, exited } = await next.exec(id, session(['echo', 'inside']));
  assert.ok(streams);
  assert.equal((await collect(streams)).stdout, 'inside\n');
  assert.equal(await exited, 0);
  await next.update(id, { memory: 80 << 20 });
  assert.equal(next.statistics(id).memory.limit, 80 << 20);
  await next.delete(id, { force: true });
  assert.deepEqual(next.list(), []);
  next.close();
});

test('under runc limits are in the container’s groups and can be changed', options, async () => {
  await using place = await openRunc();
  const id = await place.create(['sleep', '60'], { resources: { memory: 64 << 20, pidsLimit: 50 } });
  await place.containers.start(id);
  assert.equal(place.containers.statistics(id).memory.limit, 64 << 20);
  assert.equal(place.containers.statistics(id).pids.limit, 50);
  await place.containers.update(id, { memory: 80 << 20 });
  assert.equal(place.containers.statistics(id).memory.limit, 80 << 20);
  await place.containers.pause(id);
  assert.equal(place.containers.state(id)?.status, 'paused');
  await place.containers.resume(id);
  assert.equal(place.containers.state(id)?.status, 'running');
});
