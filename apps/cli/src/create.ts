import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { ContainerCreateBody, EngineClient } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { pullImage } from './pull.ts';
import { reason } from './request/environment.ts';
import type { Context } from './verb.ts';

export interface CreateOptions {
  name?: string;
  pull?: string;
  platform?: string;
  quiet?: boolean;
  cidfile?: string;
}

/** Creates the container, pulls its image first where that is asked for or missing, and answers with the id. */
export async function createContainer(
  context: Context,
  engine: EngineClient,
  body: ContainerCreateBody,
  { name, pull = 'missing', platform, quiet = false, cidfile }: CreateOptions,
): Promise<string> {
  const record = cidfile ? claimIdFile(cidfile) : undefined;
  const image = body.Image ?? '';
  const create = () => engine.call('ContainerCreate', { body, query: { name, platform } });
  const fetch = () => pullImage(context, engine, image, { platform, quiet, to: context.stderr });
  try {
    if (pull === 'always') await fetch();
    const { Id, Warnings } = await create().catch(async (error) => {
      if (pull !== 'missing' || !isMissingImage(error)) throw error;
      context.stderr.write(`Unable to find image '${withTag(image)}' locally\n`);
      await fetch();
      return await create();
    });
    for (const warning of Warnings ?? []) context.stderr.write(`WARNING: ${warning}\n`);
    record?.write(Id);
    return Id;
  } catch (error) {
    record?.drop();
    throw error;
  }
}

const isMissingImage = (error: unknown): boolean =>
  error instanceof Fault && error.kind === 'not-found' && /no such image/i.test(error.message);

const withTag = (image: string): string => (/[:@][^/]*$/.test(image) ? image : `${image}:latest`);

/** Taken before anything is made: two containers must not write into one file. */
function claimIdFile(path: string) {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new Fault('invalid', `failed to create the container ID file: open ${path}: ${reason(error)}`, {
        cause: error,
      });
    throw new Fault(
      'invalid',
      `container ID file found, make sure the other container isn't running or delete ${path}`,
    );
  }
  return {
    write: (id: string) => {
      writeSync(descriptor, id);
      closeSync(descriptor);
    },
    drop: () => {
      closeSync(descriptor);
      unlinkSync(path);
    },
  };
}
