// From create to rm: states, exit codes, signals, waiting, names.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { openEngine } from '../engine.ts';
import { inspect, removeContainers, staying } from '../parts.ts';
import { until } from '../until.ts';

const engine = await openEngine({ contract: true });
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;
const status = (id: string): Promise<string> => inspect(engine, id, '{{.State.Status}}');

describe('exit codes of run', () => {
  for (const code of [0, 1, 42, 255]) {
    test(`${code} is the container's own`, async () => {
      assert.equal((await engine.attempt(['run', '--rm', 'busybox', 'sh', '-c', `exit ${code}`])).code, code);
    });
  }

  test('127 where the command is not found', async () => {
    const { code, stderr } = await engine.attempt(['run', '--rm', 'busybox', 'no-such-command']);
    assert.equal(code, 127);
    assert.match(stderr, /exec: "no-such-command": executable file not found in \$PATH/);
    assert.equal((await engine.attempt(['run', '--rm', 'busybox', '/no/such/file'])).code, 127);
  });

  test('126 where the command cannot be executed', async () => {
    const { code, stderr } = await engine.attempt(['run', '--rm', 'busybox', '/etc/passwd']);
    assert.equal(code, 126);
    assert.match(stderr, /permission denied/);
    assert.equal((await engine.attempt(['run', '--rm', 'busybox', '/etc'])).code, 126);
  });

  test('125 where the engine refuses', async () => {
    assert.equal(
      (await engine.attempt(['run', '--rm', '--network', 'nowhere', 'busybox', 'true'])).code,
      125,
    );
    assert.equal((await engine.attempt(['run', '--no-such-flag', 'busybox'])).code, 125);
  });

  test('128 and the signal where one ended it', async () => {
    assert.equal(
      (await engine.attempt(['run', '--rm', '--init', 'busybox', 'sh', '-c', 'kill -TERM $$'])).code,
      143,
    );
    const id = await docker('run', '-d', 'busybox', 'sleep', '1000');
    await docker('kill', id);
    assert.equal(await docker('wait', id), '137');
  });
});

describe('states', () => {
  test('created, running, paused, running, exited, running', async () => {
    const id = await docker('create', 'busybox', ...staying);
    assert.equal(await status(id), 'created');
    await docker('start', id);
    assert.equal(await status(id), 'running');
    await docker('pause', id);
    assert.equal(await status(id), 'paused');
    await docker('unpause', id);
    await docker('stop', id);
    assert.equal(await status(id), 'exited');
    assert.equal(await inspect(engine, id, '{{.State.ExitCode}}'), '0');
    await docker('start', id);
    assert.equal(await status(id), 'running');
  });

  test('start of a running container and stop of a stopped one change nothing', async () => {
    const id = await docker('run', '-d', 'busybox', ...staying);
    const pid = await inspect(engine, id, '{{.State.Pid}}');
    await docker('start', id);
    assert.equal(await inspect(engine, id, '{{.State.Pid}}'), pid);
    await docker('stop', id);
    await docker('stop', id);
  });

  test('restart is another process of the same container', async () => {
    const id = await docker('run', '-d', 'busybox', 'sh', '-c', `echo run >>/runs; ${staying[2]}`);
    const pid = await inspect(engine, id, '{{.State.Pid}}');
    await docker('restart', id);
    assert.notEqual(await inspect(engine, id, '{{.State.Pid}}'), pid);
    await until(
      'the second run wrote',
      async () => (await docker('exec', id, 'cat', '/runs')) === 'run\nrun',
    );
  });

  test('inspect knows when it started and ended, its path and its arguments', async () => {
    const id = await docker('run', '-d', 'busybox', 'sh', '-c', 'exit 3');
    assert.equal(await docker('wait', id), '3');
    const [data] = JSON.parse(await docker('inspect', id));
    assert.equal(data.Path, 'sh');
    assert.deepEqual(data.Args, ['-c', 'exit 3']);
    assert.equal(data.State.ExitCode, 3);
    assert.equal(data.State.Running, false);
    assert.ok(Date.parse(data.State.FinishedAt) >= Date.parse(data.State.StartedAt));
    assert.ok(Date.parse(data.Created) <= Date.parse(data.State.StartedAt));
    assert.match(data.Image, /^sha256:[0-9a-f]{64}$/);
  });
});

describe('signals', () => {
  test('kill -s sends that signal, by name and by number', async () => {
    const script = 'trap "echo usr1" USR1; trap "echo hup" HUP; echo ready; while :; do sleep 0.1; done';
    const id = await docker('run', '-d', 'busybox', 'sh', '-c', script);
    const logs = (text: string): Promise<boolean> =>
      until(`"${text}" in the log`, async () => (await docker('logs', id)).includes(text));
    await logs('ready');
    await docker('kill', '-s', 'USR1', id);
    await logs('usr1');
    await docker('kill', '--signal', 'SIGHUP', id);
    await logs('hup');
    await docker('kill', '-s', '9', id);
    assert.equal(await docker('wait', id), '137');
  });

  test('kill of what does not run, and of an unknown signal, is refused', async () => {
    const id = await docker('create', 'busybox');
    const stopped = await engine.attempt(['kill', id]);
    assert.equal(stopped.code, 1);
    assert.match(stopped.stderr, /is not running/);
    const running = await docker('run', '-d', 'busybox', ...staying);
    const unknown = await engine.attempt(['kill', '-s', 'NOSUCH', running]);
    assert.match(unknown.stderr, /Invalid signal: NOSUCH/i);
  });

  test('stop kills what does not listen to SIGTERM', async () => {
    const id = await docker(
      'run',
      '-d',
      'busybox',
      'sh',
      '-c',
      'trap "" TERM; echo ready; while :; do sleep 1; done',
    );
    await until('the trap is set', async () => (await docker('logs', id)) === 'ready');
    await docker('stop', '-t', '1', id);
    assert.equal(await inspect(engine, id, '{{.State.ExitCode}}'), '137');
  });
});

describe('waiting', () => {
  test('wait answers with the exit code of each', async () => {
    const a = await docker('run', '-d', 'busybox', 'sh', '-c', 'exit 4');
    const b = await docker('run', '-d', 'busybox', 'sh', '-c', 'exit 5');
    assert.equal(await docker('wait', a, b), '4\n5');
  });

  test('wait ends when the container ends', async () => {
    const id = await docker('run', '-d', 'busybox', ...staying);
    const waiting = docker('wait', id);
    await docker('stop', id);
    assert.equal(await waiting, '0');
  });
});

describe('removal', () => {
  test('a running container is not removed, unless by force', async () => {
    const id = await docker('run', '-d', 'busybox', ...staying);
    const { code, stderr } = await engine.attempt(['rm', id]);
    assert.equal(code, 1);
    assert.match(stderr, /(cannot remove|You cannot remove a running) container/);
    await docker('rm', '-f', id);
    assert.equal((await engine.attempt(['inspect', id])).code, 1);
  });

  test('what is not there is said so', async () => {
    for (const verb of ['start', 'stop', 'kill', 'rm', 'logs', 'restart', 'top', 'wait', 'pause', 'port']) {
      const { code, stderr } = await engine.attempt([verb, 'nobody']);
      assert.equal(code, 1, verb);
      assert.match(stderr, /No such container: nobody/, verb);
    }
    const { code, stderr } = await engine.attempt(['inspect', 'nobody']);
    assert.equal(code, 1);
    assert.match(stderr, /No such object: nobody/i);
  });

  test('container prune takes what does not run', async () => {
    const stopped = await docker('create', 'busybox');
    const running = await docker('run', '-d', 'busybox', ...staying);
    assert.match(await docker('container', 'prune', '-f'), new RegExp(stopped));
    assert.equal(await docker('ps', '-aq', '--no-trunc'), running);
  });
});

describe('names', () => {
  test('a name that is taken is refused, with who has it', async () => {
    const id = await docker('create', '--name', 'larch', 'busybox');
    const { code, stderr } = await engine.attempt(['create', '--name', 'larch', 'busybox']);
    assert.equal(code, 1);
    assert.match(
      stderr,
      new RegExp(`Conflict. The container name "/larch" is already in use by container "${id}"`),
    );
  });

  test('a name that cannot be one is refused', async () => {
    const { stderr } = await engine.attempt(['create', '--name', '-bad', 'busybox']);
    assert.match(stderr, /Invalid container name \(-bad\), only \[a-zA-Z0-9\]\[a-zA-Z0-9_\.-\] are allowed/);
  });

  test('rename changes what it is called, and frees the old name', async () => {
    const id = await docker('create', '--name', 'before', 'busybox');
    await docker('rename', 'before', 'after');
    assert.equal(await inspect(engine, 'after', '{{.Id}}'), id);
    await docker('create', '--name', 'before', 'busybox');
  });

  test('a prefix of the id is enough, unless two have it', async () => {
    const id = await docker('create', 'busybox');
    assert.equal(await inspect(engine, id.slice(0, 8), '{{.Id}}'), id);
  });
});

describe('lists', () => {
  test('ps shows what runs; -a, -q, -l, filters and formats as in Docker', async () => {
    const running = await docker('run', '-d', '--name', 'one', 'busybox', ...staying);
    const stopped = await docker('create', '--name', 'two', 'busybox', 'echo', 'hi');
    assert.equal(await docker('ps', '-q', '--no-trunc'), running);
    assert.deepEqual((await docker('ps', '-aq', '--no-trunc')).split('\n'), [stopped, running]);
    assert.equal(await docker('ps', '-lq', '--no-trunc'), stopped);
    const rows = await docker('ps', '-a', '--format', '{{.Names}} {{.Image}} {{.Command}} {{.State}}');
    assert.match(rows, /^two busybox "echo hi" created\none busybox "sh -c 'trap/);
    assert.equal(await docker('ps', '-a', '--filter', 'status=created', '--format', '{{.Names}}'), 'two');
    assert.equal(await docker('ps', '-a', '--filter', 'name=on', '--format', '{{.Names}}'), 'one');
    assert.equal(
      await docker(
        'ps',
        '-a',
        '--filter',
        'network=bridge',
        '--filter',
        'name=one',
        '--format',
        '{{.Networks}}',
      ),
      'bridge',
    );
    assert.match(
      await docker('ps', '--format', '{{.Status}}'),
      /^Up (Less than a second|\d+ seconds?|About a minute|\d+ minutes)$/,
    );
  });

  test('top shows the processes of the container', async () => {
    const id = await docker('run', '-d', 'busybox', 'sleep', '1234');
    assert.match(await docker('top', id), /^UID +PID[\s\S]* sleep 1234$/m);
    assert.match(await docker('top', id, '-o', 'pid,comm'), /^PID +COMMAND\n\d+ +sleep$/);
  });
});

test('each answer to all of this was as the API describes it', () => {
  assert.deepEqual([...(engine.contract?.deviations ?? [])], []);
});
