/** Networks, the comparison with the kernel, and names. */
import type {
  NetworkConnectBody,
  NetworkCreateBody,
  NetworkDisconnectBody,
  NetworkUpdateBody,
} from '@pontoon/api';
import {
  checkNetwork,
  connectNetwork,
  createNetwork,
  disconnectNetwork,
  inspectNetwork,
  listNetworks,
  planNetwork,
  pruneNetworks,
  queryName,
  removeNetwork,
  updateNetwork,
} from '@pontoon/engine';
import { readJson } from '../body.ts';
import { type Call, done, type Operate } from '../call.ts';
import {
  checkConnectBody,
  checkDisconnectBody,
  checkNetworkBody,
  checkNetworkUpdate,
} from '../check/network.ts';
import { filters, flag, required, text } from '../query.ts';

const idOf = ({ parameters }: Call): string => parameters.id ?? '';

export const network = {
  NetworkList: async ({ engine, query }) => ({
    status: 200,
    json: await listNetworks(engine, filters(query)),
  }),

  NetworkInspect: async (call) => {
    const options = { verbose: flag(call.query, 'verbose'), scope: text(call.query, 'scope') };
    return { status: 200, json: await inspectNetwork(call.engine, idOf(call), options) };
  },

  NetworkCreate: async ({ engine, body }) => {
    const wanted = checkNetworkBody(await readJson<NetworkCreateBody>(body));
    return { status: 201, json: await createNetwork(engine, wanted) };
  },

  NetworkDelete: async (call) => {
    await removeNetwork(call.engine, idOf(call));
    return done;
  },

  NetworkConnect: async (call) => {
    const wanted = checkConnectBody(await readJson<NetworkConnectBody>(call.body));
    await connectNetwork(call.engine, idOf(call), wanted);
    return { status: 200 };
  },

  NetworkDisconnect: async (call) => {
    const wanted = checkDisconnectBody(await readJson<NetworkDisconnectBody>(call.body));
    await disconnectNetwork(call.engine, idOf(call), wanted);
    return { status: 200 };
  },

  NetworkPrune: async ({ engine, query }) => ({
    status: 200,
    json: await pruneNetworks(engine, filters(query)),
  }),

  NetworkUpdate: async (call) => {
    const wanted = checkNetworkUpdate(await readJson<NetworkUpdateBody>(call.body));
    return { status: 200, json: await updateNetwork(call.engine, idOf(call), wanted) };
  },

  NetworkCheck: async ({ engine }) => ({ status: 200, json: await checkNetwork(engine, { repair: false }) }),

  NetworkRepair: async ({ engine }) => ({ status: 200, json: await checkNetwork(engine, { repair: true }) }),

  NetworkPlan: async ({ engine, body }) => {
    const wanted = checkNetworkBody(await readJson<NetworkCreateBody>(body));
    return { status: 200, json: await planNetwork(engine, wanted) };
  },

  DnsQuery: async ({ engine, query }) => {
    const container = text(query, 'container');
    const question = { name: required(query, 'name'), type: text(query, 'type') ?? 'A' };
    return { status: 200, json: await queryName(engine, { ...question, ...(container && { container }) }) };
  },
} satisfies Record<string, Operate>;
