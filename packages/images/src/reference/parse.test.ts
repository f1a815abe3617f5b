import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalName, familiarName, parseReference, withTag } from './parse.ts';

const HEX = 'a'.repeat(64);

test('a short name means Docker Hub, its official images and the tag latest', () => {
  for (const [text, canonical, familiar] of [
    ['busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
    ['busybox:1', 'docker.io/library/busybox:1', 'busybox:1'],
    ['docker.io/busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
    ['index.docker.io/library/busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
    ['me/app', 'docker.io/me/app:latest', 'me/app:latest'],
    ['localhost/app', 'localhost/app:latest', 'localhost/app:latest'],
    ['host:5000/a/b:c', 'host:5000/a/b:c', 'host:5000/a/b:c'],
    ['[2001:db8::1]:5000/a', '[2001:db8::1]:5000/a:latest', '[2001:db8::1]:5000/a:latest'],
    ['Host/app', 'Host/app:latest', 'Host/app:latest'],
    [`busybox@sha256:${HEX}`, `docker.io/library/busybox@sha256:${HEX}`, `busybox@sha256:${HEX}`],
  ] as const) {
    const reference = withTag(parseReference(text));
    assert.equal(canonicalName(reference), canonical);
    assert.equal(familiarName(reference), familiar);
  }
});

test('a name that is none is refused in the words of Docker', () => {
  for (const [text, message] of [
    ['', 'invalid reference format'],
    ['a b', 'invalid reference format'],
    [':tag', 'invalid reference format'],
    ['-a', 'invalid reference format'],
    ['a//b', 'invalid reference format'],
    ['a:b:c', 'invalid reference format'],
    ['a@sha256:12', 'invalid reference format'],
    ['../etc', 'invalid reference format'],
    ['Busybox', 'invalid reference format: repository name (library/Busybox) must be lowercase'],
    [HEX, `invalid repository name (${HEX}), cannot specify 64-byte hexadecimal strings`],
    [`a${'/b'.repeat(130)}`, 'repository name must not be more than 255 characters'],
    [`a@md5:${'0'.repeat(32)}`, 'unsupported digest algorithm'],
    [`a@sha256:${'0'.repeat(40)}`, 'invalid checksum digest length'],
  ] as const) {
    assert.throws(() => parseReference(text), { kind: 'invalid', message }, text);
  }
});
