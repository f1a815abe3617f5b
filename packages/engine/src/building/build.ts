/** Images made of a Dockerfile, by buildah: POST /build as the classic builder answers it. */
import { randomBytes } from 'node:crypto';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ProgressMessage } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { familiarName, parseReference, putArchive, withTag } from '@pontoon/images';
import type { Engine } from '../engine.ts';
import { tellOfImage } from '../image/events.ts';
import { type BuildOptions, buildArguments } from './arguments.ts';
import { handOverImage } from './base.ts';
import { buildah, requireBuildah } from './buildah.ts';
import { whileBuilding } from './cache.ts';
import { escapeOf, parseDockerfile } from './dockerfile.ts';
import { failureOf } from './failure.ts';
import { openBuildNetwork } from './network.ts';
import { type BuildPlace, openPlace } from './place.ts';
import { isOutput, StepTeller } from './progress.ts';
import { labelSteps, planBuild, type Step, writeDockerfile } from './stages.ts';

interface Listener {
  onProgress: (message: ProgressMessage) => void;
  /** Aborted when the client goes away: the build ends with it. */
  signal: AbortSignal;
}

/**
 * @param context a tar of the folder that COPY and ADD take from, plain or compressed
 * @returns the image's id
 * @throws {Fault} invalid (names, Dockerfile, context), not-implemented (no buildah), BuildFault (a step failed)
 */
export async function buildImage(
  engine: Engine,
  context: AsyncIterable<Uint8Array>,
  o: BuildOptions & Listener,
): Promise<string> {
  const names = o.tags.map(nameOf);
  await requireBuildah();
  return whileBuilding(engine, o.signal, async () => {
    const id = randomBytes(16).toString('hex');
    using place = openPlace(engine, id);
    await putArchive(place.context, '/', context);
    const text = await readDockerfile(place, o.dockerfile);
    const steps = planBuild(parseDockerfile(text), o);
    const image = await run(engine, place, { id, steps, escape: escapeOf(text) }, o);
    await takeOver(engine, place, image, o.signal);
    finish(image, o);
    for (const name of names) await nameImage(engine, image, name, o);
    return `sha256:${image}`;
  });
}

/** @throws {Fault} invalid */
function nameOf(text: string): string {
  const reference = parseReference(text);
  if (reference.digest !== undefined) {
    throw new Fault('invalid', 'build tag cannot contain a digest');
  }
  return familiarName(withTag(reference));
}

/** Read once and inside the context only: a link in it can lead anywhere. */
async function readDockerfile(place: BuildPlace, name: string): Promise<string> {
  const root = await realpath(place.context);
  const path = await realpath(join(root, join('/', name))).catch(() => undefined);
  if (!path?.startsWith(root + sep))
    throw new Fault('invalid', `Cannot locate specified Dockerfile: ${name}`);
  const text = await readFile(path, 'utf8');
  if (text.trim() === '') throw new Fault('invalid', `the Dockerfile (${name}) cannot be empty`);
  return text;
}

interface Work {
  id: string;
  steps: Step[];
  escape: string;
}

/** @returns the image's id in buildah's storage, 64 hex digits */
async function run(
  engine: Engine,
  place: BuildPlace,
  work: Work,
  o: BuildOptions & Listener,
): Promise<string> {
  const tell = o.quiet ? () => {} : o.onProgress;
  const ids = new Map<string, string>();
  for (const { image } of work.steps) {
    if (image === undefined || ids.has(image)) continue;
    ids.set(image, await handOverImage(engine, place, image, { ...o, onProgress: tell }));
  }
  const dockerfile = join(place.work, 'Dockerfile');
  await writeFile(dockerfile, writeDockerfile(work.steps, ids, work.escape));
  await using network = needsNetwork(engine, work.steps)
    ? await openBuildNetwork(engine, { build: work.id, mode: o.networkMode, extraHosts: o.extraHosts })
    : undefined;
  const steps = new StepTeller([...work.steps, ...labelSteps(o.labels)], tell);
  const { status, errors } = await buildah(
    place,
    buildArguments(o, { dockerfile, context: place.context, network }),
    {
      network,
      signal: o.signal,
      onLine: (line) => steps.line(line),
      onErrorLine: (line) => isOutput(line) && tell({ stream: `${line}\n` }),
    },
  );
  if (status !== 0 || !steps.image) throw failureOf(errors, status);
  return steps.image;
}

/** Only RUN runs anything, and only ADD fetches; a base image may bring such instructions along. */
function needsNetwork(engine: Engine, steps: Step[]): boolean {
  const brought = ({ image }: Step): boolean =>
    image !== undefined && Boolean(engine.images.find(image)?.configuration.config?.OnBuild?.length);
  return steps.some(
    (step) =>
      step.keyword === 'RUN' || (step.keyword === 'ADD' && /\b\w+:\/\//.test(step.rest)) || brought(step),
  );
}

/** From buildah's storage into the engine's, layer by layer; those that are here already are not kept twice. */
async function takeOver(
  engine: Engine,
  place: BuildPlace,
  image: string,
  signal: AbortSignal,
): Promise<void> {
  const { errors } = await buildah(place, ['push', '--quiet', image, 'docker-archive:/dev/stdout'], {
    signal,
    output: (stream) => engine.images.load(stream),
  });
  if (!engine.images.find(`sha256:${image}`)) throw failureOf(errors, 1);
}

function finish(image: string, { quiet, onProgress }: BuildOptions & Listener): void {
  const messages: ProgressMessage[] = quiet
    ? [{ stream: `sha256:${image}\n` }]
    : [{ aux: { ID: `sha256:${image}` } }, { stream: `Successfully built ${image.slice(0, 12)}\n` }];
  for (const message of messages) onProgress(message);
}

async function nameImage(
  engine: Engine,
  image: string,
  name: string,
  { quiet, onProgress }: BuildOptions & Listener,
): Promise<void> {
  await engine.images.tag(`sha256:${image}`, name);
  tellOfImage(engine, 'tag', `sha256:${image}`, name);
  if (!quiet) onProgress({ stream: `Successfully tagged ${name}\n` });
}
