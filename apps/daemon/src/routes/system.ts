/** The engine about itself. */
import { diskUsage, subscribeEvents, systemInfo, systemVersion } from '@pontoon/engine';
import type { Answer, Operate } from '../call.ts';
import { filters, text } from '../query.ts';

/** `Builder-Version: 1`: clients must not expect BuildKit here. */
const ping = {
  'Builder-Version': '1',
  'Cache-Control': 'no-cache, no-store, must-revalidate',
  Pragma: 'no-cache',
  Swarm: 'inactive',
};

export const system = {
  SystemPing: async (): Promise<Answer> => ({ status: 200, text: 'OK', headers: ping }),

  SystemPingHead: async (): Promise<Answer> => ({
    status: 200,
    headers: { ...ping, 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': '0' },
  }),

  SystemVersion: async ({ engine }) => ({ status: 200, json: await systemVersion(engine) }),

  SystemInfo: async ({ engine }) => ({ status: 200, json: await systemInfo(engine) }),

  SystemDataUsage: async ({ engine, query }) => {
    const types = query.getAll('type');
    return { status: 200, json: await diskUsage(engine, types.length > 0 ? { types } : {}) };
  },

  SystemEvents: async ({ engine, query, signal }) => {
    const period = { since: text(query, 'since'), until: text(query, 'until') };
    return { lines: subscribeEvents(engine, { ...period, filters: filters(query), signal }) };
  },

  PluginList: async () => ({ status: 200, json: [] }),
} satisfies Record<string, Operate>;
