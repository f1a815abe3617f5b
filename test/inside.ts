/** Test files that must run in another network namespace than this process: a process a file, its report read here. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';

/**
 * Runs a file of tests behind a command that puts it where it belongs; fails with all that it printed.
 * @param enter argv before node's, for example `nsenter --net=…`
 * @returns how many tests passed
 */
export async function runTestsInside(
  enter: string[],
  file: URL,
  environment: Record<string, string> = {},
): Promise<number> {
  const { NODE_TEST_CONTEXT: _, ...own } = process.env; // else the inner run would report in no text
  const [program = '', ...argv] = [...enter, process.execPath, '--test-reporter=tap', file.pathname];
  const child = spawn(program, argv, {
    env: { ...own, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(code, 0, output);
  return [...output.matchAll(/^\s*ok \d+ - /gm)].length;
}
