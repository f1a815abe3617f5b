import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SerialQueues } from './queue.ts';

test('work on one thing is done in order, also after a failure; on another it does not wait', async () => {
  const queues = new SerialQueues();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = queues.run('a', async () => {
    await gate.promise;
    done.push('a1');
    throw new Error('a1 failed');
  });
  const second = queues.run('a', () => done.push('a2'));
  await queues.run('b', () => done.push('b'));
  gate.resolve();
  await assert.rejects(first, /a1 failed/);
  await second;
  assert.deepEqual(done, ['b', 'a1', 'a2']);
});
