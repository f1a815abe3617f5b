import { describeFlags, wrap } from './flags/usage.ts';
import { globalFlags } from './global.ts';
import { type Entry, groups, verbs } from './registry.ts';
import type { AnyVerb } from './verb.ts';

const width = (): number => process.stdout.columns ?? 80;

export function verbHelp(name: string, entry: Entry, verb: AnyVerb): string {
  const options =
    Object.keys(verb.flags).length > 0 ? `\nOptions:\n${describeFlags(verb.flags, width())}\n` : '';
  const names = namesOf(entry);
  const aliases =
    names.length > 1 ? `\nAliases:\n  ${names.map((each) => `pontoon ${each}`).join(', ')}\n` : '';
  return `Usage:  pontoon ${name} ${verb.usage}\n\n${wrap(entry.summary, width()).join('\n')}\n${aliases}${options}`;
}

/** All the ways to call it: `container ls`, `container list`, `ps`. */
function namesOf(entry: Entry): string[] {
  const grouped = Object.entries(groups).flatMap(([group, { verbs: members }]) =>
    Object.entries(members).flatMap(([name, member]) => (member === entry ? [`${group} ${name}`] : [])),
  );
  const top = Object.entries(verbs).flatMap(([name, member]) => (member === entry ? [name] : []));
  return [...grouped, ...top];
}

export function groupHelp(group: string): string {
  const { summary, verbs: members } = groups[group]!;
  return `Usage:  pontoon ${group} COMMAND

${summary}

Commands:
${table(Object.entries(members).filter(([, entry], at, all) => all.findIndex(([, other]) => other === entry) === at))}

Run 'pontoon ${group} COMMAND --help' for more information on a command.
`;
}

export function programHelp(): string {
  const entries = Object.entries(verbs);
  const common = entries.filter(([, entry]) => entry.common);
  const others = entries.filter(([, entry]) => !entry.common).sort(([a], [b]) => (a < b ? -1 : 1));
  return `Usage:  pontoon [OPTIONS] COMMAND

A container engine whose heart is the container network

Common Commands:
${table(common)}

Management Commands:
${table(Object.entries(groups).sort(([a], [b]) => (a < b ? -1 : 1)))}

Commands:
${table(others)}

Global Options:
${describeFlags(globalFlags, width())}

Run 'pontoon COMMAND --help' for more information on a command.
`;
}

function table(entries: [string, { summary: string }][]): string {
  const indent = Math.max(...entries.map(([name]) => name.length), 9) + 2;
  return entries.map(([name, { summary }]) => `  ${name.padEnd(indent)}${summary}`).join('\n');
}
