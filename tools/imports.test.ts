import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breachOf, importsOf, packageOf, roomOf } from './imports.ts';

const dependencies = (): string[] => ['koffi', 'fastify'];
const breach = (file: string, specifier: string): string | undefined =>
  breachOf({ file, line: 1, specifier }, dependencies);

test('every way to import is seen, with its line', () => {
  const text = [
    "import { a } from './a.ts';",
    'import type {',
    '  B,',
    "} from '@pontoon/b';",
    "export { c } from './c.ts';",
    "import 'side';",
    "const d = await import('./d.ts');",
  ].join('\n');
  const found = importsOf('x.ts', text).map(({ line, specifier }) => [line, specifier]);
  assert.deepEqual(found, [
    [1, './a.ts'],
    [4, '@pontoon/b'],
    [5, './c.ts'],
    [6, 'side'],
    [7, './d.ts'],
  ]);
});

test('a file belongs to the room of its folder', () => {
  assert.equal(roomOf('packages/network/src/dns/server.ts'), 'packages/network');
  assert.equal(roomOf('apps/cli/src/main.ts'), 'apps/cli');
  assert.equal(roomOf('tools/ok.ts'), 'tools');
  assert.equal(packageOf('@pontoon/sys/src/ffi.ts'), '@pontoon/sys');
});

test('an arrow downwards is fine, one upwards is a breach', () => {
  assert.equal(breach('packages/network/src/apply.ts', '@pontoon/netlink'), undefined);
  assert.match(breach('packages/netlink/src/x.ts', '@pontoon/network') ?? '', /no arrow leads/);
  assert.match(breach('apps/cli/src/x.ts', '@pontoon/engine') ?? '', /no arrow leads/);
});

test('a room has one door', () => {
  assert.match(breach('packages/network/src/x.ts', '@pontoon/sys/src/ffi.ts') ?? '', /one door/);
  assert.match(breach('packages/network/src/x.ts', '../../sys/src/ffi.ts') ?? '', /leaves the room/);
  assert.match(breach('test/e2e/x.test.ts', '../../packages/sys/src/ffi.ts') ?? '', /leaves the room/);
  assert.match(breach('test/e2e/x.test.ts', '@pontoon/sys/src/ffi.ts') ?? '', /one door/);
});

test('koffi stays in the room of native calls', () => {
  assert.equal(breach('packages/sys/src/ffi.ts', 'koffi'), undefined);
  assert.match(breach('packages/netlink/src/x.ts', 'koffi') ?? '', /only packages\/sys/);
});

test('what a room imports from npm is in its package.json', () => {
  assert.equal(breach('apps/daemon/src/main.ts', 'fastify'), undefined);
  assert.match(breach('apps/daemon/src/main.ts', 'express') ?? '', /not in the package.json/);
});

test('relative imports end in .ts, and built-in modules are named with node:', () => {
  assert.match(breach('packages/sys/src/x.ts', './y') ?? '', /end in ".ts"/);
  assert.match(breach('packages/sys/src/x.ts', 'fs') ?? '', /node:fs/);
});

test('the test, bench and tools folders may look into one another', () => {
  assert.equal(breach('bench/run.ts', '../test/engine.ts'), undefined);
  assert.equal(breach('test/e2e/a.test.ts', '../engine.ts'), undefined);
});
