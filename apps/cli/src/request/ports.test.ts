import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPorts, readPublish } from './ports.ts';

const one = (HostIp: string, HostPort: string) => [{ HostIp, HostPort }];

test('every form of -p becomes the binding that Docker makes of it', () => {
  const forms: [string, object][] = [
    ['80', { '80/tcp': one('', '') }],
    ['8080:80', { '80/tcp': one('', '8080') }],
    ['8080:80/udp', { '80/udp': one('', '8080') }],
    ['53:53/SCTP', { '53/sctp': one('', '53') }],
    ['127.0.0.1:8080:80', { '80/tcp': one('127.0.0.1', '8080') }],
    ['127.0.0.1::80', { '80/tcp': one('127.0.0.1', '') }],
    ['[::1]:8080:80', { '80/tcp': one('::1', '8080') }],
    ['[2001:db8::1]::80', { '80/tcp': one('2001:db8::1', '') }],
    ['80-81', { '80/tcp': one('', ''), '81/tcp': one('', '') }],
    ['8000-8001:80-81', { '80/tcp': one('', '8000'), '81/tcp': one('', '8001') }],
    ['8000-8010:80', { '80/tcp': one('', '8000-8010') }],
    ['published=8080,target=80,protocol=udp', { '80/udp': one('', '8080') }],
  ];
  for (const [given, bindings] of forms) assert.deepEqual(readPorts([given]).bindings, bindings, given);
});

test('what is published is exposed too', () => {
  assert.deepEqual(readPorts(['8080:80'], ['90-91', '53/udp']).exposed, {
    ...{ '80/tcp': {}, '90/tcp': {}, '91/tcp': {}, '53/udp': {} },
  });
});

test('one container port may be published many times', () => {
  assert.deepEqual(readPorts(['8080:80', '8081:80']).bindings, {
    '80/tcp': [...one('', '8080'), ...one('', '8081')],
  });
});

test('an allow-list goes to each binding of its range', () => {
  const [first, second] = readPublish('5432-5433:5432-5433,allow=198.51.100.0/24,allow=2001:db8::/32');
  assert.deepEqual(first?.binding.Allow, ['198.51.100.0/24', '2001:db8::/32']);
  assert.deepEqual(second, {
    port: '5433/tcp',
    binding: { HostIp: '', HostPort: '5433', Allow: ['198.51.100.0/24', '2001:db8::/32'] },
  });
  for (const wrong of ['x', '1.2.3.4/33', '1.2.3.4/', '2001:db8::/129'])
    assert.throws(() => readPublish(`80:80,allow=${wrong}`), { message: `invalid allow: ${wrong}` });
});

test("malformed ports are refused in the words of Docker's client", () => {
  const wrong: [string, string][] = [
    ['x:y', 'invalid containerPort: y'],
    ['80:x', 'invalid containerPort: x'],
    ['80:90-80', 'invalid containerPort: 90-80'],
    ['70000:80', 'invalid hostPort: 70000'],
    ['80:70000', 'invalid containerPort: 70000'],
    ['1:2:3:4', 'invalid IP address: 1:2'],
    ['1.2.3:80:80', 'invalid IP address: 1.2.3'],
    ['80/foo', 'invalid proto: foo'],
    ['', 'no port specified: <empty>'],
    ['80-90:80-81', 'invalid ranges specified for container and host Ports: 80-81 and 80-90'],
    ['published=80,target', "invalid publish opts format (should be name=value but got 'target')"],
  ];
  for (const [given, message] of wrong) assert.throws(() => readPorts([given]), { message }, given);
  assert.throws(() => readPorts([], ['80:90']), { message: 'invalid port format for --expose: 80:90' });
  assert.throws(() => readPorts([], ['x']), {
    message: 'invalid range format for --expose: x, error: strconv.ParseUint: parsing "x": invalid syntax',
  });
});
