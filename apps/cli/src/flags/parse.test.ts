import assert from 'node:assert/strict';
import { test } from 'node:test';
import { integer, list, map, text, toggle, value } from './flag.ts';
import { parse } from './parse.ts';
import { parseBytes } from './values.ts';

const flags = {
  all: toggle('a', 'All'),
  interactive: toggle('i', 'Input'),
  tty: toggle('t', 'Terminal'),
  'sig-proxy': toggle('', 'Signals', true),
  name: text('', 'Name'),
  network: list('', 'Network', undefined, { alias: 'net' }),
  publish: list('p', 'Ports'),
  memory: value('m', 'Memory', 'bytes', parseBytes),
  last: integer('n', 'Last'),
  opt: map('o', 'Options'),
};

test('a value may stand behind its flag in each of the four forms', () => {
  for (const argv of [
    ['--publish', '80:80'],
    ['--publish=80:80'],
    ['-p', '80:80'],
    ['-p80:80'],
    ['-p=80:80'],
  ])
    assert.deepEqual(parse(flags, argv).values.publish, ['80:80']);
});

test('short switches can be written together, and a flag with a value may end them', () => {
  const { values } = parse(flags, ['-itp', '80']);
  assert.deepEqual([values.interactive, values.tty, values.publish], [true, true, ['80']]);
});

test('a switch can be turned off', () => {
  assert.equal(parse(flags, ['--sig-proxy=false']).values['sig-proxy'], false);
  assert.equal(parse(flags, ['-a=0']).values.all, false);
  assert.equal(parse(flags, []).values['sig-proxy'], true);
});

test('where a command follows, its own flags stay with it', () => {
  const { args, values } = parse(flags, ['-i', 'busybox', 'ls', '-a', '--name', 'x'], false);
  assert.deepEqual(args, ['busybox', 'ls', '-a', '--name', 'x']);
  assert.deepEqual([values.interactive, values.all, values.name], [true, false, undefined]);
});

test('elsewhere flags may stand behind the arguments, up to a double dash', () => {
  const { args, values } = parse(flags, ['one', '-a', '--', '-t']);
  assert.deepEqual([args, values.all, values.tty], [['one', '-t'], true, false]);
});

test('a dash alone is an argument', () => {
  assert.deepEqual(parse(flags, ['-']).args, ['-']);
});

test('a flag answers to its other name, and is remembered as given under its own', () => {
  const { values, given } = parse(flags, ['--net', 'host']);
  assert.deepEqual(values.network, ['host']);
  assert.deepEqual([...given], ['network']);
});

test('lists and maps gather, other values are overwritten', () => {
  const { values } = parse(flags, [
    '-o',
    'a=1',
    '-o',
    'b=x=y',
    '-o',
    'c',
    '--name',
    'x',
    '--name',
    'y',
    '-p1',
    '-p2',
  ]);
  assert.deepEqual(values.opt, { a: '1', b: 'x=y', c: '' });
  assert.deepEqual([values.name, values.publish], ['y', ['1', '2']]);
});

test("what is wrong with a flag is told in the words of Docker's client", () => {
  const wrong: [string[], string][] = [
    [['--foo'], 'unknown flag: --foo'],
    [['-aZ'], "unknown shorthand flag: 'Z' in -aZ"],
    [['-p'], "flag needs an argument: 'p' in -p"],
    [['--name'], 'flag needs an argument: --name'],
    [
      ['--all=x'],
      'invalid argument "x" for "-a, --all" flag: strconv.ParseBool: parsing "x": invalid syntax',
    ],
    [['-m', 'foo'], 'invalid argument "foo" for "-m, --memory" flag: invalid size: \'foo\''],
    [
      ['-n', 'x'],
      'invalid argument "x" for "-n, --last" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [['--='], 'bad flag syntax: --='],
  ];
  for (const [argv, message] of wrong) assert.throws(() => parse(flags, argv), { message });
});

test('--help and -h ask for help unless a flag has that letter', () => {
  assert.equal(parse(flags, ['--help']).help, true);
  assert.equal(parse(flags, ['-h']).help, true);
  assert.equal(parse({ hostname: text('h', 'Name') }, ['-h', 'x']).values.hostname, 'x');
});
