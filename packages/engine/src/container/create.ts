import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import type { ContainerCreateBody, ContainerCreateResponse, ContainerState, HostConfig } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { StoredImage } from '@pontoon/images';
import { parseMode } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { planEndpoints } from '../network/requests.ts';
import { type ContainerRecord, NEVER } from '../record.ts';
import { timestamp } from '../time.ts';
import { discardVolume } from '../volume/discard.ts';
import { makeVolumes } from '../volume/make.ts';
import { planMounts } from '../volume/plan.ts';
import { requireContainer } from './find.ts';
import { completeHostConfig } from './host-config.ts';
import { commandOf, mergeConfig } from './merge.ts';
import { chooseName } from './name.ts';
import { containerFolder } from './places.ts';
import { validateCreate } from './validate/create.ts';

/**
 * POST /containers/create. Nothing runs and no address is taken before the start.
 * @throws {Fault} invalid, conflict (name), not-found (the image)
 */
export async function createContainer(
  engine: Engine,
  body: ContainerCreateBody,
  o: { name?: string; platform?: string } = {},
): Promise<ContainerCreateResponse> {
  const warnings = validateCreate(body);
  const image = await engine.images.resolve(body.Image ?? '');
  if (o.platform) checkPlatform(body.Image ?? '', image, o.platform);
  // From here on without a pause: no other request can take the name meanwhile.
  const record = withoutNotFound(() => {
    const described = describe(engine, body, image, o.name);
    make(engine, described, body);
    return described;
  });
  containerEvent(engine, record, 'create');
  return { Id: record.id, Warnings: warnings };
}

/** 404 makes clients pull the one that was asked for (moby, daemon/images, GetImage). */
function checkPlatform(name: string, { configuration }: StoredImage, wanted: string): void {
  const parts = wanted.toLowerCase().split('/');
  if (parts.length > 3 || !parts.every((part) => /^[a-z0-9_.-]+$/.test(part))) {
    throw new Fault('invalid', `"${wanted}": cannot parse platform specifier: invalid argument`);
  }
  const present = `${configuration.os}/${configuration.architecture}`;
  // One word is a system (`linux`) or an architecture (`arm64`).
  if ([configuration.os, configuration.architecture, present].includes(parts.slice(0, 2).join('/'))) return;
  throw new Fault(
    'not-found',
    `image with reference ${name} was found but its platform (${present}) does not match the specified platform (${wanted})`,
  );
}

/**
 * Of this request clients take 404 to say one thing: the image is not there, so pull it and try again. A network or a
 * container that is missing is therefore told with another status.
 */
function withoutNotFound<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'not-found') throw error;
    throw new Fault('invalid', error.message, { cause: error });
  }
}

function describe(
  engine: Engine,
  body: ContainerCreateBody,
  image: StoredImage,
  name: string | undefined,
): ContainerRecord {
  const { HostConfig: host, NetworkingConfig: _, ...wanted } = body;
  const id = randomBytes(32).toString('hex');
  const config = mergeConfig(wanted, image.configuration.config ?? {});
  const hostConfig = completeHostConfig(host ?? {}, engine.options);
  hostConfig.NetworkMode = lastingMode(engine, hostConfig.NetworkMode ?? '');
  if (!config.Hostname && ownsHostname(hostConfig)) config.Hostname = id.slice(0, 12);
  return {
    id,
    name: chooseName(engine, name),
    created: timestamp(),
    image: image.id,
    config,
    hostConfig,
    ...commandOf(config),
    state: initialState(),
    restartCount: 0,
    stoppedByUser: false,
    mounts: [],
    networks: planEndpoints(engine, body),
    endpoints: [],
    attachments: [],
  };
}

/** `container:<name or prefix>` with the id instead: names can change hands. */
function lastingMode(engine: Engine, text: string): string {
  const mode = parseMode(text);
  return mode.kind === 'container' ? `container:${requireContainer(engine, mode.container).id}` : text;
}

/** In host and container mode the name is that of the namespace's owner: found out at the start. */
function ownsHostname({ NetworkMode = '', UTSMode }: HostConfig): boolean {
  return NetworkMode !== 'host' && !NetworkMode.startsWith('container:') && UTSMode !== 'host';
}

function initialState(): ContainerState {
  return {
    Status: 'created',
    Running: false,
    Paused: false,
    Restarting: false,
    OOMKilled: false,
    Dead: false,
    Pid: 0,
    ExitCode: 0,
    Error: '',
    StartedAt: NEVER,
    FinishedAt: NEVER,
  };
}

/** The record comes last: what a crash leaves before it has no record, and goes at the next boot. */
function make(engine: Engine, record: ContainerRecord, body: ContainerCreateBody): void {
  const plan = planMounts(record.config, body.HostConfig ?? {}, (ref) => requireContainer(engine, ref));
  const { mounts, made } = makeVolumes(engine, plan);
  record.mounts = mounts;
  try {
    mkdirSync(containerFolder(engine, record.id), { recursive: true, mode: 0o710 });
    engine.images.prepareRootfs(record.id, record.image, { volatile: record.hostConfig.AutoRemove ?? false });
    engine.store.containers.save(record);
  } catch (error) {
    engine.images.removeRootfs(record.id);
    rmSync(containerFolder(engine, record.id), { recursive: true, force: true });
    for (const name of made) discardVolume(engine, name);
    throw error;
  }
}
