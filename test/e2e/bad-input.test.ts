// Wrong input: a clear error, the right status, and nothing left behind.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isOracle, openEngine, pontoonOnly } from '../engine.ts';
import { removeContainers, staying } from '../parts.ts';
import { leavesNothing, sameAs, type Traces, traces } from '../traces.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker } = engine;
await docker('run', '--rm', 'busybox', 'true');
await docker('network', 'create', '--subnet', '192.0.2.0/29', 'tiny');

describe('run refuses, with 125', () => {
  let all: Traces;
  before(async () => {
    all = await traces(engine);
  });
  after(() => sameAs(engine, all));

  const cases: [string, string[], RegExp][] = [
    ['an unknown network', ['--network', 'nowhere'], /network nowhere not found/],
    ['a port that is no number', ['-p', 'http:80'], /[Ii]nvalid (hostPort|host port|port)/],
    ['a port past 65535', ['-p', '70000:80'], /[Ii]nvalid (hostPort|host port|port)/],
    ['a protocol that is none', ['-p', '80:80/xyz'], /[Ii]nvalid proto/],
    ['ranges of different lengths', ['-p', '8000-8002:80-81'], /[Ii]nvalid ranges specified/],
    [
      'a range that runs backwards',
      ['-p', '8000:81-80'],
      /[Ii]nvalid (containerPort|container port|range|port range)/i,
    ],
    ['an address that is none', ['-p', '300.1.1.1:80:80'], /[Ii]nvalid (IP|ip) ?address|no such host/],
    [
      'an address to publish at that the host has not',
      ['-p', '203.0.113.99:80:80'],
      /cannot assign requested address/,
    ],
    [
      'a MAC address that is none',
      ['--mac-address', 'zz:00'],
      /(is not a valid mac address|invalid MAC address)/,
    ],
    [
      'an address on the default bridge',
      ['--ip', '172.17.0.9'],
      /user specified IP address is supported on user defined networks only/i,
    ],
    [
      'an address outside the subnet',
      ['--network', 'tiny', '--ip', '198.18.0.5'],
      /(no configured subnet (?:or ip-range contain the|contains) IP address|Invalid address 198\.18\.0\.5: It does not belong to any of this network's subnets)/,
    ],
    ['memory that is no amount', ['--memory', 'lots'], /invalid argument "lots"/],
    [
      'a volume without a target',
      ['-v', '/a:/b:/c:/d'],
      /(invalid volume specification|invalid spec|too many colons)/,
    ],
    ['a relative target', ['-v', '/tmp:b'], /(mount path must be absolute|invalid mount path)/],
    ['an option of a mount that is none', ['-v', '/tmp:/b:nonsense'], /invalid mode: nonsense/],
    [
      'a capability that is none',
      ['--cap-add', 'FLY'],
      /invalid CapAdd|unknown capability|invalid capability/i,
    ],
    ['a policy of restarting that is none', ['--restart', 'sometimes'], /invalid restart policy/],
    ['a policy with --rm', ['--restart', 'always', '--rm'], /cannot specify both --restart and --rm/i],
    ['an environment file that is missing', ['--env-file', '/no/such/file'], /no such file or directory/],
    ['a user that the image has not', ['-u', 'nosuchuser'], /unable to find user nosuchuser/],
    [
      'a working directory that is relative',
      ['-w', 'relative'],
      /the working directory 'relative' is invalid/,
    ],
    [
      "a sysctl that is not the container's",
      ['--sysctl', 'kernel.panic=1'],
      /(not in a separate kernel namespace|is not allowed|not whitelisted)/i,
    ],
    [
      'a device that is missing',
      ['--device', '/dev/no-such-device'],
      /(no such file or directory|error gathering device information)/,
    ],
    ['a security option that is none', ['--security-opt', 'nonsense=1'], /invalid --security-opt/i],
    [
      'a cgroup parent outside',
      ['--runtime', 'nonsense'],
      /unknown or invalid runtime name|Unknown runtime specified/,
    ],
  ];
  for (const [title, flags, text] of cases) {
    const skip = flags[0] === '--mac-address' && isOracle ? 'docker 28 asks for API 1.44' : false;
    test(title, { skip }, async () => {
      const { code, stderr } = await engine.attempt(['run', ...flags, 'busybox', 'true']);
      assert.match(stderr, text);
      // 126 and 127: what the client makes of some words in a refusal at start.
      assert.ok([125, 126, 127].includes(code), `${code}`);
      await removeContainers(engine);
    });
  }
});

describe('the pool of a network', () => {
  test('an address that is taken is refused', async () => {
    const id = await docker('run', '-d', '--network', 'tiny', '--ip', '192.0.2.5', 'busybox', ...staying);
    await leavesNothing(engine, async () => {
      const { code, stderr } = await engine.attempt([
        'run',
        '--rm',
        '--network',
        'tiny',
        '--ip',
        '192.0.2.5',
        'busybox',
        'true',
      ]);
      assert.equal(code, 125);
      assert.match(stderr, /Address already in use/);
      await removeContainers(engine, [id]);
    });
    await docker('rm', '-f', id);
  });

  test('a pool that is exhausted says so, and the next that goes makes room', async () => {
    const ids: string[] = [];
    for (let left = 5; left > 0; left--)
      ids.push(await docker('run', '-d', '--network', 'tiny', 'busybox', ...staying));
    await leavesNothing(engine, async () => {
      const { code, stderr } = await engine.attempt(['run', '--rm', '--network', 'tiny', 'busybox', 'true']);
      assert.equal(code, 125);
      assert.match(stderr, /no available IPv4 addresses on this network's address pools: tiny/);
      await removeContainers(engine, ids);
    });
    await docker('rm', '-f', ids[0] ?? '');
    await docker('run', '--rm', '--network', 'tiny', 'busybox', 'true');
    await removeContainers(engine);
  });
});

describe('requests that no client would send', () => {
  // 20.10 answers 500 where later versions know better.
  const invalid = isOracle ? 500 : 400;
  const post = async (path: string, content: string | Uint8Array, type = 'application/json') =>
    engine.api('POST', path, { raw: { content, type } });

  test('a body that is not JSON is 400', async () => {
    for (const body of ['{', '"text', '[1,2']) {
      const { status, json } = await post('/containers/create', body);
      assert.equal(status, invalid, body);
      assert.equal(typeof json.message, 'string');
    }
  });

  test('a body of the wrong shape is 400', async () => {
    for (const body of [
      '{"Image":1}',
      '{"Image":"busybox","HostConfig":[]}',
      '{"Image":"busybox","Cmd":{"a":1}}',
      '[]',
    ]) {
      assert.equal((await post('/containers/create', body)).status, invalid, body);
    }
  });

  test('a body without an image is 400', async () => {
    assert.equal((await post('/containers/create', '{}')).status, 400);
  });

  test(
    'a body of 100 MB is refused without filling the memory',
    pontoonOnly('it reads all of it'),
    async () => {
      const answer = await post('/containers/create', Buffer.alloc(100 << 20, 0x20)).catch(
        (error: NodeJS.ErrnoException) => {
          // The daemon answers and closes while the body is still on its way.
          assert.ok(['EPIPE', 'ECONNRESET'].includes(error.code ?? ''), error.message);
        },
      );
      if (answer) assert.ok([400, 413].includes(answer.status), `${answer.status}`);
      assert.equal((await engine.api('GET', '/_ping')).status, 200);
    },
  );

  test('a path that is none is 404, with a message', async () => {
    const { status, json } = await engine.api('GET', '/no/such/path');
    assert.equal(status, 404);
    assert.equal(json.message, 'page not found');
  });

  test('a version that is too old or too new is 400', async () => {
    const old = await engine.api('GET', '/v1.1/containers/json');
    assert.equal(old.status, 400);
    assert.match(old.text, /client version 1\.1 is too old/);
    const future = await engine.api('GET', '/v9.99/containers/json');
    assert.equal(future.status, 400);
    assert.match(future.text, /client version 9\.99 is too new/);
  });

  test('names with dots and slashes find nothing and touch nothing', async () => {
    for (const name of ['..%2f..%2fetc%2fpasswd', '%2e%2e', '..', 'a%00b', '%ff%fe']) {
      const { status } = await engine.api('GET', `/containers/${name}/json`);
      assert.ok(status === 404 || status === 400 || status === 301, `${name}: ${status}`);
    }
  });

  test('filters that are not JSON are 400', async () => {
    assert.equal((await engine.api('GET', '/containers/json?filters=nonsense')).status, invalid);
    assert.equal(
      (await engine.api('GET', `/containers/json?filters=${encodeURIComponent('{"nonsense":["x"]}')}`))
        .status,
      400,
    );
  });

  test('the daemon answered all of that and lives', async () => {
    assert.equal((await engine.api('GET', '/_ping')).text, 'OK');
  });
});
