/**
 * This engine beside its peers, in one run. Prints the tables and writes each into its section of bench/RESULTS.md.
 * Run it on a machine that does nothing else.
 *
 *     npm run bench                            all topics but the long ones
 *     npm run bench -- run throughput          these
 *     npm run bench -- ports --only pontoon    without its peers; printed, not written
 *     npm run bench -- names --quick           few rounds, to see whether it works; printed, not written
 *     npm run bench -- soak --minutes 10
 */
import { parseArgs } from 'node:util';
import { removeStaleLabs } from '@pontoon/lab';
import { type Contender, isInstalled, openContender } from './contender.ts';
import { writeSection } from './results.ts';
import { markdown, type Table } from './table.ts';
import type { Effort, Topic } from './topic.ts';
import { api } from './topics/api.ts';
import { cli } from './topics/cli.ts';
import { connect } from './topics/connect.ts';
import { crowd } from './topics/crowd.ts';
import { daemon } from './topics/daemon.ts';
import { latency } from './topics/latency.ts';
import { names } from './topics/names.ts';
import { ports } from './topics/ports.ts';
import { range } from './topics/range.ts';
import { run } from './topics/run.ts';
import { setup } from './topics/setup.ts';
import { soak } from './topics/soak.ts';
import { throughput } from './topics/throughput.ts';

const topics: Record<string, Topic> = {
  ...{ run, setup, connect, throughput, latency, ports, range, names, crowd, api, daemon, cli },
  soak,
};

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string' },
  },
});

const effort: Effort = {
  scaled: (full) => (options.quick ? Math.ceil(full / 8) : full),
  minutes: options.minutes === undefined ? undefined : Number(options.minutes),
};

/** Opens the engines that the topic wants, measures, and closes them, also where the time is up. */
async function measureTopic(topic: Topic): Promise<Table> {
  const contenders: Contender[] = [];
  const measured = (async () => {
    for (const name of topic.contenders) {
      if (options.only !== undefined && name !== options.only) continue;
      if (await isInstalled(name)) contenders.push(await openContender(name, topic.flags));
    }
    return topic.measure(contenders, effort);
  })();
  const limit_s = topic.limit_s + (effort.minutes ?? 0) * 60;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no result within ${limit_s} s`)), limit_s * 1000);
  try {
    return await Promise.race([measured, late.promise]);
  } finally {
    clearTimeout(timer);
    await Promise.allSettled(contenders.map((contender) => contender.close()));
  }
}

async function main(): Promise<void> {
  const unknown = wanted.filter((name) => !Object.hasOwn(topics, name));
  if (unknown.length > 0) {
    console.error(`no topic "${unknown.join('", "')}"; there are ${Object.keys(topics).join(', ')}`);
    process.exit(2);
  }
  removeStaleLabs();
  for (const [name, topic] of Object.entries(topics)) {
    if (wanted.length > 0 ? !wanted.includes(name) : topic.onlyByName) continue;
    console.log(`\n## ${name}: ${topic.title}\n`);
    try {
      const table = await measureTopic(topic);
      console.log(markdown(table));
      if (options.only === undefined && !options.quick) writeSection(name, topic.title, table);
    } catch (error) {
      console.error(error);
      process.exitCode = 1;
    }
  }
  process.exit();
}

await main();
