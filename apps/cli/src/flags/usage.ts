import type { Flag, Flags } from './flag.ts';

/** The options of a verb as its help shows them: sorted, aligned, wrapped to `width` columns. */
export function describeFlags(flags: Flags, width: number): string {
  const entries = Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = entries.map(([name, flag]) => [heading(name, flag), remark(flag)] as const);
  const indent = Math.max(...rows.map(([left]) => left.length)) + 3;
  const room = Math.max(width - indent, 24);
  return rows
    .map(([left, right]) => left.padEnd(indent) + wrap(right, room).join(`\n${' '.repeat(indent)}`))
    .join('\n');
}

function heading(name: string, { short, placeholder }: Flag<unknown>): string {
  const forms = short ? `  -${short}, --${name}` : `      --${name}`;
  return placeholder === '' ? forms : `${forms} ${placeholder}`;
}

function remark({ summary, shown }: Flag<unknown>): string {
  return shown === undefined ? summary : `${summary} (default ${shown})`;
}

export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(' ')) {
      const last = lines.at(-1)!;
      if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
      else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    }
    return lines;
  });
}
