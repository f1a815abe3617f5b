import { Fault } from '@pontoon/fault';
import { textOf } from '../tar/entry.ts';

/**
 * A name in an archive as a path below the root: no `.`, no empty part, no slash at the start; '' is the root itself.
 * @throws {Fault} where `..` leads above the root
 */
export function cleanName(name: string): string {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw outside(name);
  }
  return parts.join('/');
}

/** Where a symbolic link leads, if it stays below the root. @throws {Fault} if it does not */
export function checkLink(name: string, target: string): void {
  if (target.includes('\0')) throw new Fault('invalid', `invalid symlink ${quoted(name)}`);
  if (target.startsWith('/')) return; // the root of whoever follows it is the container's
  const slash = name.lastIndexOf('/');
  try {
    cleanName(`${slash < 0 ? '' : name.slice(0, slash)}/${target}`);
  } catch {
    throw new Fault('invalid', `invalid symlink ${quoted(name)} -> ${quoted(target)}`);
  }
}

function outside(name: string): Fault {
  return new Fault('invalid', `${quoted(name)} is outside of the root`);
}

export function quoted(name: string): string {
  return JSON.stringify(textOf(name));
}

export function split(path: string): { folder: string; base: string } {
  const slash = path.lastIndexOf('/');
  return { folder: slash < 0 ? '' : path.slice(0, slash), base: path.slice(slash + 1) };
}
