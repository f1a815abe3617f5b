import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig } from '@pontoon/api';
import type { ContainerRecord } from '../record.ts';
import { nextWait_ms, shouldRestart } from './restart-policy.ts';

const ended = (policy: HostConfig['RestartPolicy'], more: Partial<ContainerRecord> = {}) =>
  ({
    hostConfig: { RestartPolicy: policy },
    restartCount: 0,
    stoppedByUser: false,
    ...more,
  }) as ContainerRecord;

test('a policy starts again what ended by itself, and never what the user stopped', () => {
  assert.equal(shouldRestart(ended({ Name: 'always' }), 0), true);
  assert.equal(shouldRestart(ended({ Name: 'always' }, { stoppedByUser: true }), 137), false);
  assert.equal(shouldRestart(ended({ Name: 'no' }), 1), false);
});

test('on-failure heeds the exit code and the number of tries', () => {
  const policy = { Name: 'on-failure', MaximumRetryCount: 2 } as const;
  assert.equal(shouldRestart(ended(policy), 0), false);
  assert.equal(shouldRestart(ended(policy, { restartCount: 1 }), 1), true);
  assert.equal(shouldRestart(ended(policy, { restartCount: 2 }), 1), false);
});

test('the wait doubles up to a minute and starts anew after a run of ten seconds', () => {
  assert.deepEqual([nextWait_ms(0, 5), nextWait_ms(100, 5), nextWait_ms(50_000, 5)], [100, 200, 60_000]);
  assert.equal(nextWait_ms(6400, 10_000), 100);
});
