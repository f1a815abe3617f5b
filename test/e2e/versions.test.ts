// Clients of other ages: what each API version shows, and events told again.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openEngine, pontoonOnly } from '../engine.ts';
import { staying } from '../parts.ts';

const engine = await openEngine();
after(() => engine.close());
const { docker, attempt, api } = engine;

const later = pontoonOnly('20.10 speaks API 1.41 and before');

for (const version of ['1.24', '1.41', '1.47']) {
  test(`a client of API ${version} runs, lists and looks`, version === '1.47' ? later : {}, async () => {
    const ask = async (...argv: string[]): Promise<string> => {
      const { code, stdout, stderr } = await attempt(argv, { environment: { DOCKER_API_VERSION: version } });
      assert.equal(code, 0, stderr);
      return stdout.trim();
    };
    const id = await ask('run', '-d', '-p', '80', 'busybox', ...staying);
    assert.match(await ask('ps', '--no-trunc'), new RegExp(id));
    assert.equal(await ask('exec', id, 'echo', 'word'), 'word');
    assert.equal(await ask('inspect', '-f', '{{.State.Status}}', id), 'running');
    for (const kind of ['image', 'volume', 'network']) await ask(kind, 'ls');
    assert.match(await ask('info'), /Containers: 1/);
    assert.match(await ask('version'), new RegExp(`API version: +${version.replace('.', '\\.')}`));
    await ask('rm', '-f', id);
  });
}

test('an image without a name is told to each client in its own words', later, async () => {
  const name = await docker('create', 'busybox', 'true');
  await docker('commit', name);
  await docker('rm', name);
  const nameless = async (version: string): Promise<unknown[]> => {
    const { json } = await api(
      'GET',
      `/v${version}/images/json?filters=%7B%22dangling%22%3A%5B%22true%22%5D%7D`,
    );
    return json.map(({ RepoTags, RepoDigests }) => [RepoTags, RepoDigests]);
  };
  assert.deepEqual(await nameless('1.41'), [[['<none>:<none>'], ['<none>@<none>']]]);
  assert.deepEqual(await nameless('1.43'), [[[], []]]);
});

test('events are told again, by time and by each filter', async () => {
  const image = 'busybox';
  await docker('network', 'create', 'told');
  const id = await docker(
    'run',
    '-d',
    '--name',
    'teller',
    '--network',
    'told',
    '-l',
    'a=b',
    image,
    ...staying,
  );
  await docker('rm', '-f', id);
  await docker('network', 'rm', 'told');
  const until_s = Math.floor(Date.now() / 1000) + 1;
  const told = async (...filters: string[]): Promise<string[]> => {
    const argv = filters.flatMap((filter) => ['--filter', filter]);
    const format = ['--format', '{{.Type}} {{.Action}}'];
    const text = await docker('events', '--since', '1', '--until', `${until_s}`, ...argv, ...format);
    return text.split('\n').filter((line) => line !== '');
  };
  const life = [
    'container create',
    'container start',
    'container kill',
    'container die',
    'container destroy',
  ];
  for (const filter of [`container=${id}`, 'container=teller', 'label=a=b', `container=${id.slice(0, 12)}`])
    assert.deepEqual(await told(filter, 'type=container'), life, filter);
  assert.deepEqual(await told('network=told', 'event=create', 'event=destroy'), [
    'network create',
    'network destroy',
  ]);
  assert.ok((await told(`image=${image}`, 'event=start')).includes('container start'));
  assert.deepEqual(await told('container=teller', 'event=die', 'event=start'), [
    'container start',
    'container die',
  ]);
  assert.deepEqual(await told('container=nobody'), []);
  const { status } = await api('GET', '/v1.50/events?since=20&until=10');
  assert.equal(status, 400);
});
