/** Containers: from creation to removal. */
import type { ContainerCreateBody, ContainerUpdateBody, HostConfig } from '@pontoon/api';
import {
  containerChanges,
  createContainer,
  inspectContainer,
  killContainer,
  listContainers,
  pauseContainer,
  planContainer,
  pruneContainers,
  removeContainer,
  renameContainer,
  resizeContainer,
  restartContainer,
  startContainer,
  stopContainer,
  topContainer,
  unpauseContainer,
  updateContainer,
  waitContainer,
} from '@pontoon/engine';
import { Fault } from '@pontoon/fault';
import { readJson } from '../body.ts';
import { type Call, done, type Operate } from '../call.ts';
import { checkCreateBody, checkUpdateBody } from '../check/container.ts';
import { filters, flag, integer, required, terminalSize, text } from '../query.ts';

const idOf = ({ parameters }: Call): string => parameters.id ?? '';

export const container = {
  ContainerList: async ({ engine, query }) => {
    const limit = integer(query, 'limit');
    const options = { all: flag(query, 'all'), size: flag(query, 'size'), filters: filters(query) };
    const json = await listContainers(engine, { ...options, ...(limit !== undefined && { limit }) });
    return { status: 200, json };
  },

  ContainerCreate: async ({ engine, query, body }) => {
    const wanted = checkCreateBody(await readJson<ContainerCreateBody>(body));
    const options = { name: text(query, 'name'), platform: text(query, 'platform') };
    return { status: 201, json: await createContainer(engine, wanted, options) };
  },

  ContainerInspect: async (call) => {
    const json = await inspectContainer(call.engine, idOf(call), { size: flag(call.query, 'size') });
    return { status: 200, json };
  },

  ContainerTop: async (call) => {
    const json = await topContainer(call.engine, idOf(call), text(call.query, 'ps_args') ?? '-ef');
    return { status: 200, json };
  },

  ContainerChanges: async (call) => ({ status: 200, json: await containerChanges(call.engine, idOf(call)) }),

  ContainerResize: async (call) => {
    await resizeContainer(call.engine, idOf(call), terminalSize(call.query));
    return { status: 200 };
  },

  ContainerStart: async (call) => {
    await refuseHostConfig(call);
    await startContainer(call.engine, idOf(call));
    return done;
  },

  ContainerStop: async (call) => {
    await stopContainer(call.engine, idOf(call), endingOf(call));
    return done;
  },

  ContainerRestart: async (call) => {
    await restartContainer(call.engine, idOf(call), endingOf(call));
    return done;
  },

  ContainerKill: async (call) => {
    await killContainer(call.engine, idOf(call), text(call.query, 'signal') ?? 'SIGKILL');
    return done;
  },

  ContainerUpdate: async (call) => {
    const wanted = checkUpdateBody(await readJson<ContainerUpdateBody>(call.body));
    return { status: 200, json: await updateContainer(call.engine, idOf(call), wanted) };
  },

  ContainerRename: async (call) => {
    await renameContainer(call.engine, idOf(call), required(call.query, 'name'));
    return done;
  },

  ContainerPause: async (call) => {
    await pauseContainer(call.engine, idOf(call));
    return done;
  },

  ContainerUnpause: async (call) => {
    await unpauseContainer(call.engine, idOf(call));
    return done;
  },

  ContainerWait: async (call) => {
    const { exited } = await waitContainer(call.engine, idOf(call), conditionOf(call.query));
    return { later: exited };
  },

  ContainerDelete: async (call) => {
    const { query } = call;
    const options = { force: flag(query, 'force'), volumes: flag(query, 'v'), link: flag(query, 'link') };
    await removeContainer(call.engine, idOf(call), options);
    return done;
  },

  ContainerPrune: async ({ engine, query }) => ({
    status: 200,
    json: await pruneContainers(engine, filters(query)),
  }),

  ContainerPlan: async ({ engine, body }) => {
    const wanted = checkCreateBody(await readJson<ContainerCreateBody>(body));
    return { status: 200, json: await planContainer(engine, wanted) };
  },
} satisfies Record<string, Operate>;

function endingOf({ query }: Call): { signal?: string; timeout_s?: number } {
  const [signal, timeout_s] = [text(query, 'signal'), integer(query, 't')];
  return { ...(signal !== undefined && { signal }), ...(timeout_s !== undefined && { timeout_s }) };
}

function conditionOf(query: URLSearchParams): 'not-running' | 'next-exit' | 'removed' {
  const condition = text(query, 'condition') ?? 'not-running';
  if (condition === 'not-running' || condition === 'next-exit' || condition === 'removed') return condition;
  throw new Fault('invalid', `invalid condition: ${JSON.stringify(condition)}`);
}

/** Clients before API 1.24 sent the host configuration with the start. */
async function refuseHostConfig({ body }: Call): Promise<void> {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = body.headers;
  if (length === '0' && coding === undefined) return;
  const sent = await readJson<HostConfig>(body, {});
  if (Object.keys(sent).length === 0) return;
  throw new Fault(
    'invalid',
    'starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24',
  );
}
