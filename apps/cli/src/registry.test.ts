import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFlags } from './flags/usage.ts';
import { groupHelp, programHelp, verbHelp } from './help.ts';
import { groups, verbs } from './registry.ts';

const everything = [
  ...Object.entries(verbs),
  ...Object.entries(groups).flatMap(([group, { verbs: members }]) =>
    Object.entries(members).map(([name, entry]) => [`${group} ${name}`, entry] as const),
  ),
];

for (const [name, entry] of everything)
  test(`\`pontoon ${name} --help\` shows its usage, and no letter stands for two flags`, async () => {
    const { verb } = await entry.load();
    assert.match(verbHelp(name, entry, verb), new RegExp(`^Usage:  pontoon ${name} `));
    const letters = Object.values(verb.flags).flatMap(({ short }) => (short ? [short] : []));
    assert.deepEqual(letters, [...new Set(letters)]);
    assert.ok(verb.least <= verb.most);
  });

test('the help names every verb and every group', () => {
  const help = programHelp();
  for (const name of [...Object.keys(verbs), ...Object.keys(groups)])
    assert.match(help, new RegExp(`^  ${name} `, 'm'));
  assert.match(groupHelp('network'), /^ {2}attach +Join a running container/m);
});

test('options are aligned and wrapped to the width of the terminal', async () => {
  const { verb } = await verbs.stop!.load();
  assert.equal(
    describeFlags(verb.flags, 60),
    '  -s, --signal string   Signal to send to the container\n' +
      '  -t, --timeout int     Seconds to wait before killing the\n                        container',
  );
});
