// kill -9 of the daemon at any moment of any operation: nothing leaks and no intent is lost.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine, pontoonOnly } from '../engine.ts';
import { inspect, removeContainers, staying } from '../parts.ts';
import { sameAs, traces } from '../traces.ts';
import { until } from '../until.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker } = engine;

/** The same numbers for the same seed (mulberry32), so that a failure can be looked at again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** One round of the things that users do; each may fail when the daemon goes. */
function operations(round: number): string[][] {
  const name = `c${round}`;
  return [
    ['network', 'create', `n${round}`],
    [
      'run',
      '-d',
      '--name',
      name,
      '-p',
      `${20000 + (round % 100)}:80`,
      '--tmpfs',
      '/t',
      'busybox',
      ...staying,
    ],
    ['network', 'connect', `n${round}`, name],
    ['run', '--rm', '--network', `n${round}`, 'busybox', 'true'],
    ['network', 'disconnect', `n${round}`, name],
    ['restart', '-t', '0', name],
    ['rm', '-f', name],
    ['network', 'rm', `n${round}`],
  ];
}

const limit_ms = 40_000;

test(
  'random kills leave no link, rule, mount, process or folder, and the next daemon serves',
  pontoonOnly('leaks'),
  async (t) => {
    const seed = Number(process.env.PONTOON_TEST_SEED ?? Date.now() % 1_000_000);
    t.diagnostic(`seed ${seed}: PONTOON_TEST_SEED=${seed} repeats it`);
    console.log(`seed ${seed}`);
    const random = randomFrom(seed);
    const bystander = await docker(
      'run',
      '-d',
      '--name',
      'bystander',
      '-p',
      '8080:80',
      'busybox',
      ...staying,
    );
    const pid = await inspect(engine, bystander, '{{.State.Pid}}');
    await docker('run', '--rm', 'busybox', 'true');
    const clean = await traces(engine);
    const end = performance.now() + limit_ms;
    let kills = 0;
    for (let round = 0; performance.now() < end; round++) {
      const wanted = operations(round);
      const victim = Math.floor(random() * wanted.length);
      const delay_ms = random() * 150;
      for (const [index, argv] of wanted.entries()) {
        const running = engine.attempt(argv, { limit_s: 30 });
        if (index === victim) {
          await sleep(delay_ms);
          await engine.kill();
          kills++;
        }
        await running;
        if (index === victim) await engine.start();
      }
      assert.equal(
        await inspect(engine, bystander, '{{.State.Pid}}'),
        pid,
        `round ${round}: the bystander runs on`,
      );
      await removeContainers(engine, ['bystander']);
      await docker('network', 'prune', '-f');
      await sameAs(engine, clean);
    }
    console.log(`${kills} kills`);
    assert.ok(kills > 0);
    await until(
      'the bystander is still served',
      async () => (await docker('exec', 'bystander', 'echo', 'yes')) === 'yes',
    );
  },
);
