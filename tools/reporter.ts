/**
 * A reporter for `node --test-reporter`: a line of JSON a test, so that tools/test.ts can name what failed. Suites are
 * left out, except where one fails by itself (a hook that throws): its tests say the rest.
 */
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

export interface TestResult {
  /** Titles from the outermost suite to the test. */
  title: string;
  passed: boolean;
  skipped?: string;
  duration_ms: number;
  error?: string;
}

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const path: string[] = [];
  for await (const event of source) {
    if (event.type === 'test:start') path[event.data.nesting] = event.data.name;
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, nesting, details, skip } = event.data;
    const failed = event.type === 'test:fail' ? event.data.details.error : undefined;
    if (details.type === 'suite' && (!failed || /subtests? failed/.test(failed.message))) continue;
    const result: TestResult = {
      title: [...path.slice(0, nesting), name].join(' › '),
      passed: failed === undefined,
      duration_ms: Math.round(details.duration_ms),
      ...(skip === undefined ? {} : { skipped: `${skip}` }),
      ...(failed ? { error: inspect(failed.cause ?? failed, { colors: false, depth: 4 }) } : {}),
    };
    yield `${JSON.stringify(result)}\n`;
  }
}
