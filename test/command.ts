/** A client's command, run to its end: the tests' way to use an engine as a user does. */
import { spawn } from 'node:child_process';

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  input?: string | Uint8Array;
  environment?: Record<string, string>;
  /** The command is killed after this; generous, for the test must not depend on the machine's speed. */
  limit_s?: number;
  directory?: string;
}

/** Runs a command and answers with all of it; never throws for a status. A signal counts as 128 + its number. */
export function command(argv: readonly string[], options: CommandOptions = {}): Promise<Result> {
  const [file = '', ...rest] = argv;
  const limit_s = options.limit_s ?? 60;
  const child = spawn(file, rest, {
    cwd: options.directory,
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  child.stdin.on('error', () => {}); // it may end without having read its input
  child.stdin.end(options.input ?? '');
  const timer = setTimeout(() => {
    texts.stderr += `\n[killed after ${limit_s} s]`;
    child.kill('SIGKILL');
  }, limit_s * 1000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 128), ...texts });
    });
  });
}

/** The same where only success is of interest: stdout without the last line feed. */
export async function succeed(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await command(argv, options);
  if (code !== 0) throw new Error(`${argv.join(' ')}: status ${code}\n${stdout}${stderr}`);
  return stdout.replace(/\n$/, '');
}
