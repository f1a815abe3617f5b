import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_REGISTRY, registryOf } from './credentials.ts';
import { splitReference } from './pull.ts';

test('a reference is split into its name and what stands behind it', () => {
  assert.deepEqual(splitReference('busybox'), ['busybox', 'latest']);
  assert.deepEqual(splitReference('registry:5000/app'), ['registry:5000/app', 'latest']);
  assert.deepEqual(splitReference('registry:5000/app:1.2'), ['registry:5000/app', '1.2']);
  assert.deepEqual(splitReference('app@sha256:00'), ['app', 'sha256:00']);
});

test("an image's registry is its first part where that names a host", () => {
  assert.equal(registryOf('busybox'), DEFAULT_REGISTRY);
  assert.equal(registryOf('user/app'), DEFAULT_REGISTRY);
  assert.equal(registryOf('docker.io/library/busybox'), DEFAULT_REGISTRY);
  assert.equal(registryOf('localhost/app'), 'localhost');
  assert.equal(registryOf('registry:5000/app:1'), 'registry:5000');
});
