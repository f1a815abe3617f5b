import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeOf, parseDockerfile } from './dockerfile.ts';
import { planBuild, writeDockerfile } from './stages.ts';

test('instructions are joined over continued lines, comments between them left out', () => {
  const text = '# a comment\n\nfrom busybox\nRUN one && \\\n  # inside\n\n  two\nCMD ["x"]';
  assert.deepEqual(parseDockerfile(text), [
    { keyword: 'FROM', rest: 'busybox', line: 3 },
    { keyword: 'RUN', rest: 'one &&   two', line: 4 },
    { keyword: 'CMD', rest: '["x"]', line: 8 },
  ]);
});

test('the escape directive stands above everything else', () => {
  assert.equal(escapeOf('# escape=`\nFROM x'), '`');
  assert.equal(escapeOf('FROM x\n# escape=`'), '\\');
  assert.equal(parseDockerfile('# escape=`\nFROM x\nRUN a `\n b').length, 2);
});

test('what is no Dockerfile is refused in Docker’s words', () => {
  assert.throws(
    () => parseDockerfile('FROM x\nFOO'),
    /dockerfile parse error on line 2: unknown instruction: FOO/,
  );
  assert.throws(() => parseDockerfile('RUN x'), /no build stage in current context/);
  assert.throws(() => parseDockerfile('# x\n'), /file with no instructions/);
});

const staged = parseDockerfile(
  [
    'ARG TAG=1',
    'ARG NONE',
    'FROM base:$TAG AS One',
    `FROM --platform=linux/amd64 \${NONE:-other} AS two`,
    'COPY --chown=1:1 --from=one /a /b',
    'COPY --from=tools /c /d',
    'FROM one',
    'COPY --from=0 /a /b',
  ].join('\n'),
);

test('images are what is neither a stage nor scratch, with the arguments above put in', () => {
  const images = planBuild(staged, { buildArgs: { TAG: '2' } }).map(({ image }) => image);
  assert.deepEqual(images.filter(Boolean), ['base:2', 'other', 'tools']);
});

test('a target is the name or number of a stage, and the last to be built', () => {
  assert.equal(planBuild(staged, { target: 'ONE' }).length, 3);
  assert.equal(planBuild(staged, { target: '1' }).length, 6);
  assert.throws(() => planBuild(staged, { target: '3' }), /target stage "3" could not be found/);
});

test('a builder is given ids instead of names', () => {
  const ids = new Map([
    ['base:1', 'aa'],
    ['other', 'bb'],
    ['tools', 'cc'],
  ]);
  assert.deepEqual(writeDockerfile(planBuild(staged), ids, '\\').split('\n').slice(3, 7), [
    'FROM aa AS One',
    'FROM --platform=linux/amd64 bb AS two',
    'COPY --chown=1:1 --from=one /a /b',
    'COPY --from=cc /c /d',
  ]);
});
