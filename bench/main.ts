/**
 * `npm run bench -- TOPIC…`: this engine beside its peers, in one run. Without a topic: all. Prints the tables and
 * writes each into its section of bench/RESULTS.md. Run it on a machine that does nothing else.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Contender, type ContenderName, isInstalled, openContender } from './contender.ts';
import { markdown, type Table } from './table.ts';
import type { Topic } from './topic.ts';
import { cli } from './topics/cli.ts';
import { connect } from './topics/connect.ts';
import { crowd } from './topics/crowd.ts';
import { daemon } from './topics/daemon.ts';
import { latency } from './topics/latency.ts';
import { names } from './topics/names.ts';
import { ports } from './topics/ports.ts';
import { run } from './topics/run.ts';
import { throughput } from './topics/throughput.ts';

const topics: Record<string, Topic> = { run, connect, throughput, latency, ports, names, crowd, daemon, cli };
const file = join(import.meta.dirname, 'RESULTS.md');

async function measureTopic(topic: Topic): Promise<Table> {
  const contenders: Contender[] = [];
  try {
    for (const name of topic.contenders) {
      if (await isInstalled(name)) contenders.push(await openContender(name as ContenderName));
    }
    return await topic.measure(contenders);
  } finally {
    await Promise.allSettled(contenders.map((contender) => contender.close()));
  }
}

/** When, and on what: never the name of a machine. */
function circumstances(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured ${new Date().toISOString().slice(0, 10)} on ${cpus().length} × ${first?.model.trim()}, ${memory} GiB, Linux ${release().split('-')[0]}.`;
}

/** Replaces the topic's section, or adds it at the end. */
function writeSection(name: string, topic: Topic, table: Table): void {
  const old = existsSync(file)
    ? readFileSync(file, 'utf8')
    : '# Results\n\nMade by `npm run bench`; each section by `npm run bench -- NAME`.\n';
  const text = `## ${name}: ${topic.title}\n\n${circumstances()}\n\n${markdown(table)}\n`;
  const sections = old.split(/^(?=## )/m);
  const at = sections.findIndex((section) => section.startsWith(`## ${name}:`));
  if (at >= 0) sections[at] = `${text}\n`;
  else sections.push(`\n${text}`);
  writeFileSync(
    file,
    `${sections
      .join('')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trimEnd()}\n`,
  );
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in topics));
if (unknown.length > 0) {
  console.error(`no topic "${unknown.join('", "')}"; there are ${Object.keys(topics).join(', ')}`);
  process.exit(2);
}
for (const [name, topic] of Object.entries(topics)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n## ${name}: ${topic.title}\n`);
  const table = await measureTopic(topic);
  console.log(markdown(table));
  writeSection(name, topic, table);
}
process.exit(0);
