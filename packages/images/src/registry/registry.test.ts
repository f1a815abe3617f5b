import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReference } from '../reference/parse.ts';
import { parseChallenge } from './authorize.ts';
import { endpointsOf, isInsecure } from './endpoint.ts';
import { pullFault, registryError } from './errors.ts';
import { parsePlatform } from './manifest.ts';
import { eachOf } from './parallel.ts';

test('Docker Hub is asked after its mirrors, another registry by https alone', () => {
  const origins = (domain: string, settings = {}) =>
    endpointsOf(domain, settings).map(({ origin }) => origin);
  assert.deepEqual(origins('docker.io', { registryMirrors: ['https://mirror.example/'] }), [
    'https://mirror.example',
    'https://registry-1.docker.io',
  ]);
  assert.deepEqual(origins('reg.example:5000'), ['https://reg.example:5000']);
  assert.deepEqual(origins('reg.example', { insecureRegistries: ['reg.example'] }), [
    'https://reg.example',
    'http://reg.example',
  ]);
  assert.deepEqual(origins('127.0.0.1:5000'), ['https://127.0.0.1:5000', 'http://127.0.0.1:5000']);
});

test('insecure registries are named by host, host and port, or network', () => {
  const settings = { insecureRegistries: ['one.example', 'two.example:5000', '198.51.100.0/24'] };
  for (const host of ['one.example:1', 'two.example:5000', '198.51.100.7:443', 'localhost', '[::1]:5000']) {
    assert.equal(isInsecure(host, settings), true, host);
  }
  for (const host of ['two.example', 'three.example', '203.0.113.1', '[2001:db8::1]']) {
    assert.equal(isInsecure(host, settings), false, host);
  }
});

test('a challenge is read whichever way it is quoted', () => {
  const header = 'Bearer realm="https://auth.example/token",service="reg",scope="repository:a/b:pull,push"';
  assert.deepEqual(parseChallenge(header), {
    scheme: 'bearer',
    parameters: { realm: 'https://auth.example/token', service: 'reg', scope: 'repository:a/b:pull,push' },
  });
  assert.equal(parseChallenge('basic realm=x')?.scheme, 'basic');
  assert.equal(parseChallenge('Negotiate'), undefined);
  assert.equal(parseChallenge(undefined), undefined);
});

test('a refused pull is told in the words of Docker', () => {
  const reference = parseReference('nope:latest');
  const body = '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}';
  const fault = (status: number, text: string) => pullFault(registryError(status, text), reference) as Error;
  assert.equal(
    fault(403, body).message,
    "pull access denied for nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
  );
  assert.equal(
    fault(404, '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}').message,
    'manifest for nope:latest not found: manifest unknown: manifest unknown',
  );
  assert.match(
    fault(401, 'not JSON').message,
    /^pull access denied for nope, .*unauthorized: authentication required$/,
  );
  assert.equal(fault(500, '<html>').message, 'unknown: received unexpected HTTP status: 500');
});

test('a platform is read as docker pull takes it', () => {
  assert.deepEqual(parsePlatform('linux/arm/v7'), { os: 'linux', architecture: 'arm', variant: 'v7' });
  assert.deepEqual(parsePlatform('arm64'), { os: 'linux', architecture: 'arm64' });
  assert.throws(() => parsePlatform('a/b/c/d'), { kind: 'invalid' });
});

test('a few work at a time, and the first failure is the one that is told', async () => {
  let [running, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
  };
  await eachOf([1, 2, 3, 4, 5, 6, 7], 3, work);
  assert.equal(most, 3);
  const started: number[] = [];
  const failing = eachOf([1, 2, 3, 4], 1, async (item) => {
    started.push(item);
    if (item === 2) throw new Error('two');
  });
  await assert.rejects(failing, /two/);
  assert.deepEqual(started, [1, 2]);
});
