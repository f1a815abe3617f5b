import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, posix, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { EngineClient } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Context } from '../verb.ts';
import { type CopyOptions, statOf } from './out.ts';

/** From here into a container; a source of `-` is a tar stream on stdin, extracted in the target directory. */
export async function copyIn(
  context: Context,
  source: string,
  id: string,
  target: string,
  options: CopyOptions,
): Promise<void> {
  const engine = await context.engine();
  if (source === '-') return await upload(engine, id, target, context.stdin, options);
  if (!existsSync(source) && !isLink(source))
    throw new Fault('not-found', `lstat ${resolve(source)}: no such file or directory`);
  const local = options.follow ? realpathSync(source) : resolve(source);
  const { directory, name } = await placeIn(
    engine,
    id,
    target,
    source.endsWith('/.') ? '.' : basename(local),
  );
  await upload(engine, id, directory, archiveOf(local, name), options);
  if (!options.quiet && context.stderr.isTTY)
    context.stderr.write(`Successfully copied to ${id}:${target}\n`);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Into a directory that is there under the source's own name, else under the target's. */
async function placeIn(engine: EngineClient, id: string, target: string, name: string) {
  const whole = { directory: posix.dirname(posix.resolve('/', target)), name: posix.basename(target) };
  try {
    const answer = await engine.open('ContainerArchiveInfo', { parameters: { id }, query: { path: target } });
    answer.resume();
    const { mode } = statOf(answer.headers['x-docker-container-path-stat']);
    return Math.floor(mode / 2 ** 31) % 2 === 1 ? { directory: target, name } : whole;
  } catch (error) {
    // A HEAD has no words: not there, or below what is no folder. Whether the container is there the upload tells.
    if (error instanceof Fault && ['not-found', 'invalid'].includes(error.kind)) return whole;
    throw error;
  }
}

function archiveOf(local: string, name: string): Readable {
  const entry = name === '.' ? ['-C', local, '.'] : ['-C', dirname(local), basename(local)];
  const literal = (text: string) => text.replaceAll(/[\\^$.*[\]/&|]/g, '\\$&');
  const rename =
    name === '.' || name === basename(local)
      ? []
      : ['--transform', `flags=rSh;s|^${literal(basename(local))}\\(/\\|$\\)|${literal(name)}\\1|`];
  const tar = spawn('tar', ['-c', '-f', '-', ...rename, ...entry], { stdio: ['ignore', 'pipe', 'inherit'] });
  return tar.stdout;
}

async function upload(
  engine: EngineClient,
  id: string,
  path: string,
  stream: Readable,
  options: CopyOptions,
): Promise<void> {
  const answer = await engine.open('PutContainerArchive', {
    parameters: { id },
    query: { path, noOverwriteDirNonDir: true, copyUIDGID: options.archive },
    content: { type: 'application/x-tar', stream },
  });
  answer.resume();
  await once(answer, 'end');
}
