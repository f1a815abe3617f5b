import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, posix, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PathStat } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Context } from '../verb.ts';

export interface CopyOptions {
  follow: boolean;
  archive: boolean;
  quiet: boolean;
}

/** Go's fs.ModeDir and fs.ModeSymlink, as the path's stat has them. */
const MODE_DIRECTORY = 2 ** 31;
const MODE_LINK = 2 ** 27;

/** From a container to here, or as a tar stream to stdout. */
export async function copyOut(
  context: Context,
  id: string,
  given: string,
  target: string,
  options: CopyOptions,
): Promise<void> {
  const engine = await context.engine();
  const whole = given === '/' ? '/.' : given; // no archive has another name for the root
  const path = options.follow ? await followLink(context, id, whole) : whole;
  const answer = await engine.open('ContainerArchive', { parameters: { id }, query: { path } });
  if (target === '-') return await pipeline(answer, context.stdout, { end: false });
  const stat = statOf(answer.headers['x-docker-container-path-stat']);
  const isDirectory = Math.floor(stat.mode / MODE_DIRECTORY) % 2 === 1;
  const { directory, name } = placeFor(target, isDirectory, whole.endsWith('/.') ? '.' : stat.name);
  await extract(answer, directory, stat.name, name, options.archive);
  if (!options.quiet && context.stderr.isTTY)
    context.stderr.write(`Successfully copied to ${resolve(target)}\n`);
}

async function followLink(context: Context, id: string, path: string): Promise<string> {
  const engine = await context.engine();
  const answer = await engine.open('ContainerArchiveInfo', { parameters: { id }, query: { path } });
  answer.resume();
  const { mode, linkTarget } = statOf(answer.headers['x-docker-container-path-stat']);
  if (Math.floor(mode / MODE_LINK) % 2 === 0) return path;
  return posix.isAbsolute(linkTarget) ? linkTarget : posix.join(posix.dirname(path), linkTarget);
}

export function statOf(header: string | string[] | undefined): PathStat {
  if (typeof header !== 'string')
    throw new Fault('internal', 'the engine sent no X-Docker-Container-Path-Stat');
  return JSON.parse(Buffer.from(header, 'base64').toString()) as PathStat;
}

/** Where the archive's one top entry goes, and under which name (Docker's rules for `cp`). */
function placeFor(target: string, isDirectory: boolean, name: string): { directory: string; name: string } {
  const there = existsSync(target) ? statSync(target) : undefined;
  if (there?.isDirectory())
    return name === '.'
      ? { directory: dirname(resolve(target)), name: basename(resolve(target)) }
      : { directory: target, name };
  if (there && isDirectory) throw new Fault('invalid', 'cannot copy directory');
  if (!there && target.endsWith('/') && !isDirectory)
    throw new Fault('not-found', `destination directory "${target}" must exist`);
  const parent = dirname(resolve(target));
  if (!existsSync(parent))
    throw new Fault('not-found', `invalid output path: directory "${parent}" does not exist`);
  return { directory: parent, name: basename(resolve(target)) };
}

/** GNU tar does it all: sparse files, links, times. `--transform` renames the top entry, links' targets untouched. */
async function extract(
  archive: NodeJS.ReadableStream,
  directory: string,
  from: string,
  to: string,
  keepOwners: boolean,
): Promise<void> {
  const literal = (text: string) => text.replaceAll(/[\\^$.*[\]/&|]/g, '\\$&');
  const rename =
    from === to ? [] : ['--transform', `flags=rSh;s|^${literal(from)}\\(/\\|$\\)|${literal(to)}\\1|`];
  const owners = keepOwners ? '--same-owner' : '--no-same-owner';
  const tar = spawn('tar', ['-x', '-f', '-', '-C', directory, owners, ...rename], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let problem = '';
  tar.stderr.on('data', (text) => {
    problem += text;
  });
  const ended = once(tar, 'close');
  await pipeline(archive, tar.stdin).catch(() => {}); // what tar says about it is better
  const [status] = await ended;
  if (status !== 0) throw new Fault('internal', `extract into "${directory}": ${problem.trim()}`);
}
