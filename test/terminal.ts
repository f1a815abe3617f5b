/** A client on a terminal of its own, made by script(1): what a person types and sees. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { succeed } from './command.ts';
import { until } from './until.ts';

export interface Terminal {
  /** What came so far. */
  seen(): string;
  type(text: string): void;
  /** Waits until the pattern has come since the last `expect`. */
  expect(pattern: RegExp): Promise<string>;
  resize(rows: number, columns: number): Promise<void>;
  /** The client's exit code. */
  ended: Promise<number>;
  close(): void;
}

export function openTerminal(
  argv: string[],
  options: { environment: Record<string, string>; rows?: number; columns?: number },
): Terminal {
  const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const line = `stty rows ${options.rows ?? 24} cols ${options.columns ?? 80}; exec ${quoted}`;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    env: { ...process.env, ...options.environment, TERM: 'xterm', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  let from = 0;
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.stdin.on('error', () => {}); // it may have ended
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? 128)));
  return {
    seen: () => text,
    type: (input) => void child.stdin.write(input),
    expect: (pattern) =>
      until(`${pattern} on the terminal`, () => {
        const match = pattern.exec(text.slice(from));
        if (!match) throw new Error(`it shows ${JSON.stringify(text.slice(from))}`);
        from += match.index + match[0].length;
        return match[0];
      }),
    resize: async (rows, columns) => {
      const client = clientOf(child.pid ?? 0);
      await succeed(['stty', '-F', `/proc/${client}/fd/0`, 'rows', `${rows}`, 'cols', `${columns}`]);
    },
    ended,
    close: () => void child.kill('SIGKILL'),
  };
}

/** script's child: the shell that became the client, whose stdin is the terminal. */
function clientOf(script: number): string {
  return readFileSync(`/proc/${script}/task/${script}/children`, 'utf8').trim().split(' ')[0] ?? '';
}
