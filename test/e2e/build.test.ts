// Images made of Dockerfiles, by the classic builder's API.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { tar } from '../archives.ts';
import { Builds, classic, withoutBuildah } from '../builds.ts';
import { isOracle, openEngine } from '../engine.ts';
import { removeContainers } from '../parts.ts';

const engine = await openEngine();
after(() => engine.close());
afterEach(() => removeContainers(engine));
const { docker } = engine;
await docker('run', '--rm', 'busybox', 'true');
const builds = new Builds(engine);

describe('docker build', await withoutBuildah(), () => {
  test('runs the steps, tells them, and names the result', async () => {
    const context = builds.context(
      [
        'FROM busybox',
        'ARG WHO=nobody',
        'ENV TREE=oak',
        'WORKDIR /srv',
        'COPY leaf ./',
        'RUN echo "hello $WHO" >greeting; echo said; echo aside >&2',
        'LABEL of=file',
        'CMD ["cat", "greeting", "leaf"]',
      ],
      { leaf: 'green\n' },
    );
    const told = await builds.build(
      ...['-t', 'built:1', '-t', 'built:also', '--build-arg', 'WHO=you', '--label', 'of=flag', context],
    );
    for (const line of ['Step 1/9 : FROM busybox', 'said', 'Successfully tagged built:1']) {
      assert.ok(told.split('\n').includes(line), `${line} in ${told}`);
    }
    assert.match(told, /^Step 6\/9 : RUN echo "hello \$WHO" >greeting; echo said; echo aside >&2$/m);
    assert.match(told, /^ ---> [0-9a-f]{11,12}$/m);
    const id = /^Successfully built ([0-9a-f]{12})$/m.exec(told)?.[1];
    assert.equal(await docker('images', '-q', 'built:also'), id);
    assert.equal(await docker('run', '--rm', 'built:1'), 'hello you\ngreen');
    const [image] = JSON.parse(await docker('image', 'inspect', 'built:1'));
    assert.deepEqual(image.Config.Cmd, ['cat', 'greeting', 'leaf']);
    assert.ok(image.Config.Env.includes('TREE=oak'));
    assert.equal(image.Config.WorkingDir, '/srv');
    assert.equal(image.Config.Labels.of, 'flag');
    assert.match(await docker('history', '--no-trunc', 'built:1'), /ENV TREE=oak/);
    assert.equal(await docker('ps', '-aq'), '');
  });

  test('takes steps from the cache, unless told not to', async () => {
    const context = builds.context(['FROM busybox', 'RUN cat /proc/sys/kernel/random/uuid >/one']);
    const first = await builds.build('-q', context);
    assert.match(first, /^sha256:[0-9a-f]{64}\n$/);
    assert.match(await builds.build('-t', 'cached', context), /^ ---> Using cache$/m);
    assert.equal(`${await docker('images', '-q', '--no-trunc', 'cached')}\n`, first);
    assert.notEqual(await builds.build('-q', '--no-cache', context), first);
  });

  test('builds stages up to the target, and copies between them', async () => {
    const context = builds.context([
      'ARG BASE=nothing',
      'FROM $BASE AS first',
      'RUN echo made >/thing',
      'FROM scratch AS second',
      'COPY --from=first /thing /bin/ /bin/',
      'COPY --from=busybox /etc/passwd /etc/passwd',
      'CMD ["/bin/cat", "/bin/thing"]',
      'FROM no-such-base',
      'RUN false',
    ]);
    const told = await builds.build(
      '-t',
      'staged',
      '--target',
      'second',
      '--build-arg',
      'BASE=busybox',
      context,
    );
    assert.match(told, /^Step \d+\/\d+ : COPY --from=first \/thing \/bin\/ \/bin\/$/m);
    assert.equal(await docker('run', '--rm', 'staged'), 'made');
    const { code, stderr } = await builds.attempt('--target', 'nowhere', context);
    assert.equal(code, 1);
    assert.match(stderr, /target/);
  });

  test('builds on what it built, on another file, from standard input', async () => {
    const context = builds.context(['FROM busybox'], { Other: 'FROM busybox\nRUN echo other >/which\n' });
    await builds.build('-t', 'below', '-f', join(context, 'Other'), context);
    const { code, stdout, stderr } = await engine.attempt(['build', '-t', 'above', '-'], {
      environment: classic,
      input: 'FROM below\nCMD ["cat", "/which"]\n',
      limit_s: 75,
    });
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await docker('run', '--rm', 'above'), 'other');
  });

  test('what is wrong with a Dockerfile or its context is said', async () => {
    const wrong: [string[], RegExp][] = [
      [['FROM busybox', 'FETCH x'], /dockerfile parse error.* line 2: [Uu]nknown instruction: FETCH/],
      [['FROM busybox', 'COPY missing /'], /COPY failed: .*stat missing: file does not exist/],
      [['RUN true'], /no build stage in current context/i],
      [['# nothing'], /file with no instructions/i],
      [['FROM Not/Lower'], /invalid reference format/],
    ];
    for (const [dockerfile, words] of wrong) {
      const { code, stderr } = await builds.attempt(builds.context(dockerfile));
      assert.equal(code, 1, dockerfile.join());
      assert.match(stderr, words);
    }
  });

  test('paths in a context do not lead out of it', async () => {
    const secret = join(engine.lab.directory, 'secret');
    writeFileSync(secret, 'FROM busybox\nRUN echo secret\n');
    const context = tar([{ name: 'Dockerfile', type: '2', link: secret }]);
    const answer = await engine.api('POST', '/build', {
      raw: { content: context, type: 'application/x-tar' },
    });
    assert.doesNotMatch(answer.text, /echo secret/);
    assert.match(answer.text, /Cannot locate specified Dockerfile|no such file/i);
    const climbing = await engine.api('POST', '/build?dockerfile=../secret', {
      raw: { content: tar([{ name: 'Dockerfile', content: 'FROM scratch' }]), type: 'application/x-tar' },
    });
    assert.doesNotMatch(climbing.text, /echo secret/);
  });

  test('the cache is pruned', { skip: isOracle && 'dockerd 20.10: its cache is its images' }, async () => {
    const context = builds.context(['FROM busybox', 'RUN cat /proc/sys/kernel/random/uuid >/two']);
    await builds.build('-t', 'kept', context);
    assert.match(await docker('builder', 'prune', '-af'), /Total.*: *[1-9]/);
    assert.doesNotMatch(await builds.build('-t', 'anew', context), /Using cache/);
    assert.notEqual(await docker('images', '-q', 'anew'), await docker('images', '-q', 'kept'));
  });

  test('what is not there is refused in clear words', { skip: isOracle && 'dockerd has them' }, async () => {
    const kit = await engine.api('POST', '/build?version=2');
    assert.equal(kit.status, 501);
    assert.match(kit.text, /DOCKER_BUILDKIT=0/);
    const { code, stderr } = await builds.attempt('https://example.invalid/context.tar.gz');
    assert.equal(code, 1);
    assert.match(stderr, /context/);
    assert.equal(existsSync(join(engine.dataRoot, 'build/cache')), true);
  });
});
