/** The command line: finds the verb, reads its flags, runs it. The only place that ends the process. */
import { Fault, messageOf } from '@pontoon/fault';
import manifest from '../package.json' with { type: 'json' };
import { connectTo, resolveHost } from './connect.ts';
import { Exit, UsageFault } from './exit.ts';
import { parse } from './flags/parse.ts';
import { globalFlags } from './global.ts';
import { type Entry, groups, verbs } from './registry.ts';
import { TemplateFault } from './template/fault.ts';
import { type AnyVerb, anyNumber, type Context } from './verb.ts';

interface Found {
  /** As typed: `network ls`. */
  name: string;
  entry: Entry;
  argv: string[];
}

async function main(argv: string[]): Promise<number> {
  const options = readGlobal(argv);
  debug = options.values.debug;
  if (options.values.version) {
    process.stdout.write(`Pontoon version ${manifest.version}\n`);
    return 0;
  }
  const [first, ...rest] = options.args;
  if (first === undefined || options.help || first === 'help')
    return await printHelp(first === 'help' ? rest : []);
  const group = groups[first];
  if (group && (rest[0] === '--help' || rest[0] === '-h')) return await printHelp([first]);
  if (group && rest[0] === undefined && !(first in verbs)) {
    const { groupHelp } = await import('./help.ts');
    throw new Exit(0, groupHelp(first).trimEnd());
  }
  // `port` and the like are verbs at the top and may be groups as well; the verb's own file tells them apart.
  const found = group && !(first in verbs) ? memberOf(first, rest) : topVerb(first, rest);
  return await callVerb(found, contextOf(options.values.host));
}

let debug = false;

function topVerb(name: string, argv: string[]): Found {
  const entry = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!entry)
    throw new Exit(
      1,
      `pontoon: unknown command: pontoon ${name}\n\nRun 'pontoon --help' for more information`,
    );
  return { name, entry, argv };
}

function memberOf(group: string, [name = '', ...argv]: string[]): Found {
  const members = groups[group]!.verbs;
  const entry = Object.hasOwn(members, name) ? members[name] : undefined;
  if (!entry) {
    const usage = `Usage:  pontoon ${group}\n\nRun 'pontoon ${group} --help' for more information`;
    throw new Exit(1, `pontoon: unknown command: pontoon ${group} ${name}\n\n${usage}`);
  }
  return { name: `${group} ${name}`, entry, argv };
}

async function callVerb({ name, entry, argv }: Found, context: Context): Promise<number> {
  const { verb } = await entry.load();
  if (verb.raw) return (await verb.run(context, { values: {}, args: argv, given: new Set() })) ?? 0;
  const call = readCall(name, verb, argv);
  if (call.help) return await printHelp(name.split(' '));
  checkArguments(name, verb, call.args.length);
  try {
    return (await verb.run(context, call)) ?? 0;
  } catch (error) {
    throw error instanceof UsageFault
      ? new Exit(125, `pontoon: ${error.message}\n\nRun 'pontoon ${name} --help' for more information`)
      : error;
  }
}

function readGlobal(argv: string[]) {
  try {
    return parse(globalFlags, argv, false);
  } catch (error) {
    const usage = "Usage:  pontoon [OPTIONS] COMMAND [ARG...]\n\nRun 'pontoon --help' for more information";
    throw new Exit(125, `${messageOf(error)}\n\n${usage}`);
  }
}

function readCall(name: string, verb: AnyVerb, argv: string[]) {
  try {
    return parse(verb.flags, argv, verb.interspersed ?? true);
  } catch (error) {
    const usage = `Usage:  pontoon ${name} ${verb.usage}\n\nRun 'pontoon ${name} --help' for more information`;
    throw new Exit(125, `${messageOf(error)}\n\n${usage}`);
  }
}

function checkArguments(name: string, { least, most, usage }: AnyVerb, count: number): void {
  if (count >= least && count <= most) return;
  const plural = (number: number) => `${number} argument${number === 1 ? '' : 's'}`;
  const wanted = () => {
    if (most === 0) return 'accepts no arguments';
    if (least === most) return `requires ${plural(least)}`;
    if (most !== anyNumber) return `requires at least ${least} and at most ${plural(most)}`;
    return `requires at least ${plural(least)}`;
  };
  // Docker's client has two ways to say it.
  const look = most === anyNumber ? 'See' : 'Run';
  const help = `Usage:  pontoon ${name} ${usage}\n\n${look} 'pontoon ${name} --help' for more information`;
  throw new Exit(1, `pontoon: 'pontoon ${name}' ${wanted()}\n\n${help}`);
}

async function printHelp(words: string[]): Promise<number> {
  const { groupHelp, programHelp, verbHelp } = await import('./help.ts');
  const [first, second] = words;
  if (first === undefined) process.stdout.write(programHelp());
  else if (first in groups && !(second !== undefined || first in verbs))
    process.stdout.write(groupHelp(first));
  else {
    const { name, entry } = first in verbs ? topVerb(first, []) : memberOf(first, [second ?? '']);
    process.stdout.write(verbHelp(name, entry, (await entry.load()).verb));
  }
  return 0;
}

function contextOf(hosts: string[]): Context {
  const host = resolveHost(hosts);
  const say = (line: string) => process.stderr.write(`pontoon: ${line}\n`);
  let engine: ReturnType<Context['engine']> | undefined;
  return {
    host,
    // Each is opened at its first use: a verb that reads nothing need not wait for its input.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    engine: () => (engine ??= connectTo(host, say)),
  };
}

/** What goes to stderr, and the status. */
function reportOf(error: unknown): { text: string; status: number } {
  if (error instanceof Exit) return { text: error.message, status: error.status };
  if (error instanceof TemplateFault) return { text: error.message, status: 64 };
  if (error instanceof Fault) return { text: `pontoon: ${error.message}`, status: 1 };
  return { text: `pontoon: ${debug && error instanceof Error ? error.stack : messageOf(error)}`, status: 1 };
}

// A reader that went away (`pontoon ps | head -1`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

// Node keeps our compiled form there (see the launcher); no program that we start has a use for it.
delete process.env.NODE_COMPILE_CACHE;

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error) => {
    const { text, status } = reportOf(error);
    if (text !== '') process.stderr.write(`${text}\n`);
    process.exit(status);
  },
);
