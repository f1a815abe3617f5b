import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Health } from '@pontoon/api';
import { commandOf, judge } from './health.ts';

const result = (ExitCode: number) => ({ Start: '', End: '', ExitCode, Output: '' });

test('a container is unhealthy after so many failures in a row, and healthy with the next success', () => {
  const health: Health = { Status: 'starting', FailingStreak: 0, Log: [] };
  judge(health, result(1), { retries: 2, forgiven: false });
  assert.equal(health.Status, 'starting');
  judge(health, result(1), { retries: 2, forgiven: false });
  assert.deepEqual([health.Status, health.FailingStreak], ['unhealthy', 2]);
  judge(health, result(0), { retries: 2, forgiven: false });
  assert.deepEqual([health.Status, health.FailingStreak], ['healthy', 0]);
});

test('failures in the start period do not count, and five results are kept', () => {
  const health: Health = { Status: 'starting', FailingStreak: 0, Log: [] };
  for (let count = 0; count < 7; count++) judge(health, result(1), { retries: 1, forgiven: true });
  assert.deepEqual([health.Status, health.FailingStreak, health.Log?.length], ['starting', 0, 5]);
});

test('a check is a command, a line for the shell, or none', () => {
  const shell = ['/bin/sh', '-c'];
  assert.deepEqual(commandOf({ Test: ['CMD', 'a', 'b'] }, shell), ['a', 'b']);
  assert.deepEqual(commandOf({ Test: ['CMD-SHELL', 'a | b'] }, shell), ['/bin/sh', '-c', 'a | b']);
  assert.equal(commandOf({ Test: ['NONE'] }, shell), undefined);
});
