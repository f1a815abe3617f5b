import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkVariable, readEnvironment, readLabels } from './environment.ts';

const directory = mkdtempSync(join(tmpdir(), 'pontoon-environment-'));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

test('a variable without a value takes that of the caller, and is passed on bare where there is none', () => {
  assert.deepEqual(readEnvironment([], ['A=1', 'HOME', 'NOPE'], { HOME: '/root' }), [
    'A=1',
    'HOME=/root',
    'NOPE',
  ]);
});

test('a file knows comments, blank lines and bare names, and comes before the flags', () => {
  const path = file('env', '# comment\n\n  A=1 # not a comment\nHOME\nNOPE\n');
  assert.deepEqual(readEnvironment([path], ['B=2'], { HOME: '/root' }), [
    'A=1 # not a comment',
    'HOME=/root',
    'B=2',
  ]);
});

test('labels may lack a value, and flags win over files', () => {
  assert.deepEqual(readLabels([file('labels', 'a=1\nb\n')], ['a=2', 'c=x=y']), { a: '2', c: 'x=y' });
});

test("what cannot be read is told in Docker's words", () => {
  assert.throws(() => readEnvironment(['/nope'], []), { message: 'open /nope: no such file or directory' });
  assert.throws(() => readEnvironment([file('bad', 'a b=1\n')], []), {
    message: "variable 'a b' contains whitespaces",
  });
  assert.throws(() => readEnvironment([file('empty', '=x\n')], []), {
    message: "no variable name on line '=x'",
  });
  assert.throws(() => checkVariable('='), { message: 'invalid environment variable: =' });
});
