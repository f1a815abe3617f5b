/** The daemon's log: one line an entry on stderr, as logfmt, which journald and people read alike. */
export const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof levels)[number];

export type Log = (level: Level, text: string, fields?: Record<string, unknown>) => void;

export function openLog(least: Level, write: (line: string) => void): Log {
  const threshold = levels.indexOf(least);
  return (level, text, fields = {}) => {
    if (levels.indexOf(level) < threshold) return;
    const known = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
    const parts = [`time=${new Date().toISOString()}`, `level=${level}`, `msg=${quoted(text)}`];
    write(`${[...parts, ...known.map(([name, value]) => `${name}=${quoted(textOf(value))}`)].join(' ')}\n`);
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : JSON.stringify(text);
}
