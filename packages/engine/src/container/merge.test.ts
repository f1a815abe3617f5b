import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf, mergeConfig } from './merge.ts';

const image = {
  Entrypoint: ['/entry'],
  Cmd: ['serve'],
  Env: ['PATH=/bin', 'A=image'],
  Labels: { a: '1', b: '2' },
};

test('what the client leaves out comes from the image', () => {
  const config = mergeConfig({ Env: ['A=own'], Labels: { b: 'own' } }, image);
  assert.deepEqual(config.Env, ['A=own', 'PATH=/bin']);
  assert.deepEqual(config.Labels, { a: '1', b: 'own' });
  assert.deepEqual(commandOf(config), { path: '/entry', args: ['serve'] });
});

test('an entrypoint of one’s own drops the command of the image, an empty one drops both', () => {
  assert.deepEqual(commandOf(mergeConfig({ Entrypoint: ['sh'] }, image)), { path: 'sh', args: [] });
  assert.deepEqual(commandOf(mergeConfig({ Cmd: ['other'] }, image)), { path: '/entry', args: ['other'] });
  const reset = mergeConfig({ Entrypoint: [''], Cmd: ['ls', '-l'] }, image);
  assert.deepEqual(commandOf(reset), { path: 'ls', args: ['-l'] });
  assert.throws(() => commandOf(mergeConfig({}, {})), /no command specified/);
});
