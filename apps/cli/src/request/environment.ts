import { readFileSync } from 'node:fs';
import { Fault } from '@pontoon/fault';

/** `KEY=VALUE`, or `KEY` alone for the value that the caller's environment has. */
export function checkVariable(given: string): void {
  if (given.startsWith('=') || given === '')
    throw new Fault('invalid', `invalid environment variable: ${given}`);
}

/** First what the files say, then what the command line says, so that the latter wins. */
export function readEnvironment(files: string[], given: string[], ambient = process.env): string[] {
  const fromFiles = files.flatMap((path) => readVariableFile(path, ambient));
  const fromFlags = given.map((variable) => {
    if (variable.includes('=') || ambient[variable] === undefined) return variable;
    return `${variable}=${ambient[variable]}`;
  });
  return [...fromFiles, ...fromFlags];
}

export function readLabels(files: string[], given: string[]): Record<string, string> {
  const pairs = [...files.flatMap((path) => readVariableFile(path, {})), ...given];
  return Object.fromEntries(
    pairs.map((label) => {
      const at = label.indexOf('=');
      return at < 0 ? [label, ''] : [label.slice(0, at), label.slice(at + 1)];
    }),
  );
}

function readVariableFile(path: string, ambient: NodeJS.ProcessEnv): string[] {
  return readLines(path).flatMap((raw) => {
    const line = raw.trimStart();
    if (line === '' || line.startsWith('#')) return [];
    const name = line.split('=', 1)[0]!;
    if (/\s/.test(name)) throw new Fault('invalid', `variable '${name}' contains whitespaces`);
    if (name === '') throw new Fault('invalid', `no variable name on line '${line}'`);
    if (line.includes('=')) return [line];
    return ambient[name] === undefined ? [] : [`${name}=${ambient[name]}`];
  });
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/);
  } catch (error) {
    throw new Fault('invalid', `open ${path}: ${reason(error)}`, { cause: error });
  }
}

/** The kernel's words for an errno, as the C library and Docker print them. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const texts: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
    ENOTDIR: 'not a directory',
    ENOSPC: 'no space left on device',
  };
  return texts[code] ?? String(error);
}
