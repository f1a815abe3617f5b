// A host that lacks what an engine needs: it says what is missing, and nothing is lost.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Lab, openLab, projectRoot } from '@pontoon/lab';
import { command, type Result } from '../command.ts';
import { engineIn, pontoonOnly } from '../engine.ts';
import { removeContainers, staying } from '../parts.ts';

/** A mount namespace in which the named programs, as far as they are installed, cannot be executed. */
const hiding = (...programs: string[]): string[] => [
  ...['unshare', '--mount', 'sh', '-ec'],
  'for name in $0; do if at=$(command -v "$name"); then mount --bind /dev/null "$at"; fi; done; exec "$@"',
  programs.join(' '),
];

function daemonIn(lab: Lab, wrapped: string[] = []): Promise<Result> {
  const base = join(lab.directory, 'broken');
  return command([
    ...['nsenter', `--net=${lab.host.path}`, '--', ...wrapped],
    ...[join(projectRoot, 'tools/node'), join(projectRoot, 'apps/daemon/src/main.ts')],
    ...['--data-root', join(base, 'data'), '--run-root', join(base, 'run')],
    ...['--host', `unix://${join(base, 'socket')}`],
  ]);
}

for (const [what, programs, text] of [
  ['an OCI runtime', ['crun', 'runc'], /no OCI runtime.*apt-get install crun/],
  ['conmon', ['conmon'], /conmon.*apt-get install conmon/],
] as const)
  test(
    `without ${what} a daemon says what to install, and does not start`,
    pontoonOnly('its own'),
    async () => {
      await using lab = await openLab();
      const { code, stdout, stderr } = await daemonIn(lab, hiding(...programs));
      assert.notEqual(code, 0);
      assert.match(stdout + stderr, text);
    },
  );

test('without the rights of root a daemon says so, and does not start', pontoonOnly('its own'), async () => {
  await using lab = await openLab();
  const { code, stdout, stderr } = await daemonIn(lab, ['unshare', '--user']);
  assert.notEqual(code, 0);
  assert.match(stdout + stderr, /root/);
});

test(
  'on a full disk requests fail with the reason, what runs goes on, and room made by rm is used again',
  pontoonOnly('its roots'),
  async () => {
    await using lab = await openLab();
    const dataRoot = join(lab.directory, 'engine/data');
    await mkdir(dataRoot, { recursive: true });
    await lab.host.run(['mount', '-t', 'tmpfs', '-o', 'size=48m', 'none', dataRoot]);
    const engine = await engineIn(lab);
    await engine.docker('run', '-d', '--name', 'before', 'busybox', ...staying);
    const filler = ['run', '--name', 'filler', 'busybox', 'dd', 'if=/dev/zero', 'of=/full', 'bs=64k'];
    const filled = await engine.attempt(filler);
    assert.match(filled.stderr, /No space left on device/);
    const refused = await engine.attempt(['run', '--name', 'after', 'busybox', 'true']);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /no space left on device|disk is full/i);
    assert.equal(await engine.docker('exec', 'before', 'echo', 'alive'), 'alive');
    await engine.docker('rm', 'filler');
    assert.equal(await engine.docker('run', '--rm', 'busybox', 'echo', 'room'), 'room');
    await removeContainers(engine);
    await engine.close();
  },
);
