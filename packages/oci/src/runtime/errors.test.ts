import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFault } from './errors.ts';

const found = (words: string, command: string, verb: 'create' | 'exec' = 'create') => {
  const { message, exitCode, kind } = startFault(verb, command, words, 'crun');
  return [exitCode, kind, message];
};
const CREATE =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: crun create failed: unable to start container process:';

test('what crun says becomes what Docker says, with its exit code', () => {
  assert.deepEqual(found('executable file `x` not found in $PATH: No such file or directory', 'x'), [
    127,
    'invalid',
    `${CREATE} exec: "x": executable file not found in $PATH: unknown`,
  ]);
  assert.deepEqual(found('2026-01-01T00:00:00.1Z: open executable: Permission denied', '/x'), [
    126,
    'invalid',
    `${CREATE} exec: "/x": permission denied: unknown`,
  ]);
  assert.deepEqual(found('open executable: Operation not permitted', '/etc').slice(0, 1), [126]);
});

test('what runc says, too', () => {
  const words = (text: string) => `time="2026-11-29T00:29:47Z" level=error msg="${text}"`;
  const [code, , message] = found(
    words(
      'runc create failed: unable to start container process: exec: \\"x\\": executable file not found in $PATH',
    ),
    'x',
  );
  assert.deepEqual(
    [code, message],
    [127, `${CREATE} exec: "x": executable file not found in $PATH: unknown`],
  );
});

test('anything else is handed on as it is, as the engine’s failure', () => {
  const [code, kind, message] = found('mount `proc`: No space left on device', 'x');
  assert.deepEqual([code, kind], [128, 'internal']);
  assert.match(
    String(message),
    /unable to start container process: mount `proc`: No space left on device: unknown$/,
  );
  assert.match(String(found('', 'x')[2]), /the runtime gave no reason/);
});

test('exec has its own beginning', () => {
  const [, , message] = found('executable file `x` not found in $PATH', 'x', 'exec');
  assert.equal(
    message,
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "x": executable file not found in $PATH: unknown',
  );
});
