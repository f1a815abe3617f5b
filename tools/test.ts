/**
 * `npm test`: the fast tests, the kernel ring and the end-to-end ring, a process a file, two files at a time.
 *
 *     npm test                        everything
 *     npm test -- ports               files whose path contains "ports"
 *     npm test -- --ring=kernel       one ring: fast, kernel or e2e
 *     npm test -- --docker=/usr/bin/docker     another docker client
 *     npm run test:oracle             the end-to-end files against dockerd, to know what "compatible" means
 */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeStaleLabs } from '@pontoon/lab';
import { fastTests } from './ok.ts';
import type { TestResult } from './reporter.ts';
import { node, type Outcome, root, runCommand } from './step.ts';

/** A file gets this long, whatever it waits for; a test a third of it. Far more than a slow machine needs. */
const fileLimit_s = 240;
const testLimit_ms = 80_000;
const parallel = 2;

interface FileOutcome extends Outcome {
  file: string;
  tests: TestResult[];
}

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    oracle: { type: 'boolean', default: false },
    docker: { type: 'string' },
    ring: { type: 'string' },
    verbose: { type: 'boolean', short: 'v', default: false },
  },
});

/** The rings by name. The slow ones come first, so that the quick ones fill the end. */
function rings(): Record<string, string[]> {
  const ring = (name: string): string[] => globSync(`test/${name}/**/*.test.ts`, { cwd: root }).toSorted();
  return { e2e: ring('e2e'), kernel: ring('kernel'), fast: fastTests() };
}

function chosenFiles(): string[] {
  const wanted = options.oracle ? 'e2e' : options.ring;
  return Object.entries(rings())
    .filter(([name]) => wanted === undefined || name === wanted)
    .filter(([name]) => isRoot || name === 'fast')
    .flatMap(([, files]) => files)
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
}

const isRoot = process.getuid?.() === 0;
const results = mkdtempSync(join(tmpdir(), 'pontoon-test-'));

async function runFile(file: string): Promise<FileOutcome> {
  const report = join(results, file.replaceAll('/', '_'));
  const argv = [
    ...[node, '--test-force-exit', `--test-timeout=${testLimit_ms}`],
    ...['--test-reporter=./tools/reporter.ts', `--test-reporter-destination=${report}`, file],
  ];
  const outcome = await runCommand(argv, { limit_s: fileLimit_s, environment: environment() });
  removeStaleLabs();
  return { ...outcome, file, tests: readResults(report) };
}

function environment(): Record<string, string> {
  return {
    ...(options.oracle ? { PONTOON_TEST_ENGINE: 'dockerd' } : {}),
    ...(options.docker ? { PONTOON_TEST_DOCKER: options.docker } : {}),
  };
}

function readResults(path: string): TestResult[] {
  try {
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as TestResult);
  } catch {
    return []; // the file ended before its first test
  }
}

const failed = ({ tests }: FileOutcome): TestResult[] => tests.filter((test) => !test.passed);

function printLine(outcome: FileOutcome): void {
  const { file, tests, code, timedOut, seconds } = outcome;
  const wrong = failed(outcome).length;
  const skipped = tests.filter((test) => test.skipped !== undefined).length;
  const words = [
    code === 0 ? 'ok    ' : 'FAILED',
    `${seconds.toFixed(1).padStart(6)} s`,
    `${String(tests.length).padStart(4)} tests`,
    file,
    ...(wrong > 0 ? [`(${wrong} failed)`] : []),
    ...(skipped > 0 ? [`(${skipped} skipped)`] : []),
    ...(timedOut ? [`(stopped after ${fileLimit_s} s)`] : []),
  ];
  console.log(words.join('  '));
  if (!options.verbose) return;
  for (const { title, passed, duration_ms } of tests) {
    console.log(`    ${passed ? '✔' : '✖'} ${title} (${duration_ms} ms)`);
  }
}

function printFailure(outcome: FileOutcome): void {
  console.log(`\n${outcome.file}${outcome.timedOut ? ` was stopped after ${fileLimit_s} s` : ''}`);
  for (const { title, error = '' } of failed(outcome)) {
    console.log(`  ✖ ${title}\n${error.replaceAll(/^/gm, '      ')}`);
  }
  const printed = outcome.output.trim().split('\n').slice(-60).join('\n');
  if (printed !== '') console.log(`  what it printed:\n${printed.replaceAll(/^/gm, '      ')}`);
}

/** Takes the next file whenever one of the two ends. */
async function runAll(files: string[]): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  const queue = [...files];
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const outcome = await runFile(file);
      printLine(outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return outcomes;
}

function printSummary(outcomes: FileOutcome[], seconds: number): void {
  const bad = outcomes.filter((outcome) => outcome.code !== 0);
  for (const outcome of bad) printFailure(outcome);
  const tests = outcomes.flatMap((outcome) => outcome.tests);
  for (const { title, skipped } of tests)
    if (skipped !== undefined) console.log(`skipped: ${title}: ${skipped}`);
  const wrong = tests.filter((test) => !test.passed);
  console.log(
    `\n${tests.length} tests in ${outcomes.length} files, ${wrong.length} failed, ${seconds.toFixed(0)} s`,
  );
  for (const { file, tests: own } of bad) {
    const titles = own.filter((test) => !test.passed).map((test) => test.title);
    console.log(`  ${file}: ${titles.join('; ') || 'ended badly outside its tests'}`);
  }
}

const began = performance.now();
if (!isRoot) {
  console.error(
    'The kernel and end-to-end rings make namespaces, mounts and cgroups: run "npm test" as root for them.',
  );
  console.error('Without root only the fast tests run.');
  process.exitCode = 1;
}
const files = chosenFiles();
if (files.length === 0) {
  console.error(`no test file matches "${filters.join(' ')}"`);
  process.exitCode = 1;
}
try {
  const outcomes = await runAll(files);
  printSummary(outcomes, (performance.now() - began) / 1000);
  if (outcomes.some((outcome) => outcome.code !== 0)) process.exitCode = 1;
} finally {
  rmSync(results, { recursive: true, force: true });
}
