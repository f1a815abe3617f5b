// A person at a terminal: run -it, attach, exec -it, keys, sizes, signals. With each client.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { command } from '../command.ts';
import { clientNames, openEngine } from '../engine.ts';
import { inspect, removeContainers, staying } from '../parts.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import { until } from '../until.ts';

const engine = await openEngine();
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;

for (const name of clientNames) {
  const open = (argv: string[], size: { rows?: number; columns?: number } = {}): Terminal => {
    const client = engine.client(name);
    const terminal = openTerminal([...client.argv, ...argv], { environment: client.environment, ...size });
    after(() => terminal.close());
    return terminal;
  };

  describe(`a terminal with ${name}`, () => {
    test('run -it is a shell: it prompts, echoes, answers, and exit is the exit code', async () => {
      const terminal = open(['run', '-it', '--rm', '--network=bridge', 'busybox', '/bin/sh']);
      await terminal.expect(/\/ # /);
      terminal.type('tty; echo $((6*7))\r');
      await terminal.expect(/\/dev\/pts\/0\r+\n42\r+\n/);
      terminal.type('exit 5\r');
      assert.equal(await terminal.ended, 5);
    });

    test('the size of the terminal is the size inside, and follows', async () => {
      const terminal = open(['run', '-it', '--rm', 'busybox', '/bin/sh'], { rows: 33, columns: 99 });
      await terminal.expect(/# /);
      const size = async (): Promise<string> => {
        terminal.type('stty size\r');
        const shown = await terminal.expect(/\r+\n(\d+ \d+)\r+\n/);
        return shown.trim();
      };
      await until('the size 33 99 inside', async () => (await size()) === '33 99');
      // docker listens for a change of size only some time after the prompt is there: one that comes earlier is lost.
      let rows = 44;
      await until('the new size inside', async () => {
        await terminal.resize(++rows, 111);
        return (await size()) === `${rows} 111`;
      });
      terminal.type('exit\r');
      assert.equal(await terminal.ended, 0);
    });

    test('Ctrl-C goes to the process inside', async () => {
      const terminal = open(['run', '-it', '--rm', 'busybox', '/bin/sh']);
      await terminal.expect(/# /);
      terminal.type('sleep 1000\r');
      await terminal.expect(/sleep 1000\r+\n/);
      const list = (): Promise<string> => docker('ps', '-q');
      await until('it sleeps', async () => (await docker('top', await list())).includes('sleep 1000'));
      terminal.type('\x03');
      await terminal.expect(/# /);
      terminal.type('echo $?; exit\r');
      await terminal.expect(/130\r+\n/);
      await terminal.ended;
    });

    test('Ctrl-P Ctrl-Q detaches and leaves the container running; attach comes back', async () => {
      const terminal = open(['run', '-it', '--name', `kept-${name}`, 'busybox', '/bin/sh']);
      await terminal.expect(/# /);
      terminal.type('\x10\x11');
      assert.equal(await terminal.ended, 0);
      assert.equal(await inspect(engine, `kept-${name}`, '{{.State.Running}}'), 'true');
      const again = open(['attach', `kept-${name}`]);
      again.type('\recho back\r');
      await again.expect(/back\r+\n/);
      again.type('exit 3\r');
      assert.equal(await again.ended, 3);
    });

    test('--detach-keys are other keys', async () => {
      const terminal = open([
        'run',
        '-it',
        '--detach-keys',
        'ctrl-x,x',
        '--name',
        `keys-${name}`,
        'busybox',
        '/bin/sh',
      ]);
      await terminal.expect(/# /);
      terminal.type('\x18x');
      assert.equal(await terminal.ended, 0);
      assert.equal(await inspect(engine, `keys-${name}`, '{{.State.Running}}'), 'true');
    });

    test('exec -it is a second shell, with a size and an exit code', async () => {
      const id = await docker('run', '-d', 'busybox', ...staying);
      const terminal = open(['exec', '-it', id, 'sh'], { rows: 30, columns: 90 });
      await terminal.expect(/# /);
      await until('the size inside', async () => {
        terminal.type('stty size\r');
        return (await terminal.expect(/\r+\n(\d+ \d+)\r+\n/)).trim() === '30 90';
      });
      terminal.type('exit 6\r');
      assert.equal(await terminal.ended, 6);
      assert.equal(await inspect(engine, id, '{{.State.Running}}'), 'true');
    });

    test('-t without a terminal on stdin is refused by the client', async () => {
      const argv = ['run', '--rm', '-it', 'busybox', 'true'];
      const result = await (name === 'docker' ? engine.attempt(argv) : engine.attemptPontoon(argv));
      assert.notEqual(result.code, 0);
      assert.match(result.stderr, /the input device is not a TTY/);
    });

    test('signals to the client reach the container', async () => {
      const client = engine.client(name);
      const script = 'trap "echo bye; exit 12" TERM; echo ready; while :; do sleep 0.1; done';
      const file = `${engine.lab.directory}/signal-${name}`;
      const line = [...client.argv, 'run', '--rm', 'busybox', 'sh', '-c', script]
        .map((word) => `'${word}'`)
        .join(' ');
      const shell = `${line} >${file} & pid=$!; until grep -q ready ${file}; do sleep 0.1; done; kill -TERM $pid; wait $pid; echo $?`;
      const { stdout } = await command(['sh', '-c', shell], { environment: client.environment });
      assert.equal(stdout, '12\n');
    });
  });
}
