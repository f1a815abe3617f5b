/** bench/RESULTS.md: a section a topic, each replaced when its topic is measured again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { markdown, type Table } from './table.ts';

const file = join(import.meta.dirname, 'RESULTS.md');
const head = '# Results\n\nMade by `npm run bench`; each section by `npm run bench -- NAME`.\n';

/** When, and on what: never the name of a machine. */
function circumstances(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return `Measured ${date} on ${cpus().length} × ${first?.model.trim()}, ${memory} GiB, Linux ${release().split('-')[0]}.`;
}

/** Replaces the topic's section, or adds it at the end. */
export function writeSection(name: string, title: string, table: Table): void {
  const text = `## ${name}: ${title}\n\n${circumstances()}\n\n${markdown(table)}\n\n`;
  const sections = (existsSync(file) ? readFileSync(file, 'utf8') : head).split(/^(?=## )/m);
  const at = sections.findIndex((section) => section.startsWith(`## ${name}:`));
  if (at >= 0) sections[at] = text;
  else sections.push(`\n${text}`);
  const whole = sections.join('').replaceAll(/\n{3,}/g, '\n\n');
  writeFileSync(file, `${whole.trimEnd()}\n`);
}
