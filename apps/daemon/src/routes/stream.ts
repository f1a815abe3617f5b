/** What goes on while a container runs: attach, logs, stats. */
import { attachContainer, containerLogs, containerStats } from '@pontoon/engine';
import { Fault } from '@pontoon/fault';
import type { Call, Operate } from '../call.ts';
import { flag, text } from '../query.ts';
import { atLeast } from '../version.ts';
import { acceptOf } from '../websocket.ts';

const idOf = ({ parameters }: Call): string => parameters.id ?? '';

export const stream = {
  ContainerAttach: async (call) => {
    const { query } = call;
    const attached = await attachContainer(call.engine, idOf(call), {
      stdin: flag(query, 'stdin'),
      stdout: flag(query, 'stdout'),
      stderr: flag(query, 'stderr'),
      stream: flag(query, 'stream'),
      logs: flag(query, 'logs'),
      detachKeys: text(query, 'detachKeys'),
    });
    return { attached };
  },

  ContainerAttachWebsocket: async (call) => {
    const accept = acceptOf(call.headers);
    const { query, version } = call;
    // Before API 1.42 all three, whatever was asked for (moby, wsContainersAttach).
    const wants = (name: string): boolean => !atLeast(version, '1.42') || flag(query, name);
    const messages = await attachContainer(call.engine, idOf(call), {
      ...{ stdin: wants('stdin'), stdout: wants('stdout'), stderr: wants('stderr') },
      ...{ stream: flag(query, 'stream'), logs: flag(query, 'logs') },
      detachKeys: text(query, 'detachKeys'),
    });
    return { messages, accept };
  },

  ContainerLogs: async (call) => {
    const { query } = call;
    const chosen = { stdout: flag(query, 'stdout'), stderr: flag(query, 'stderr') };
    if (!chosen.stdout && !chosen.stderr) {
      throw new Fault('invalid', 'Bad parameters: you must choose at least one stream');
    }
    return await containerLogs(call.engine, idOf(call), {
      ...chosen,
      since: text(query, 'since'),
      until: text(query, 'until'),
      timestamps: flag(query, 'timestamps'),
      tail: text(query, 'tail'),
      follow: flag(query, 'follow'),
      details: flag(query, 'details'),
      signal: call.signal,
    });
  },

  ContainerStats: async (call) => {
    const options = { stream: flag(call.query, 'stream', true), oneShot: flag(call.query, 'one-shot') };
    if (options.stream && options.oneShot) {
      throw new Fault('invalid', 'cannot have stream=true and one-shot=true');
    }
    return { lines: await containerStats(call.engine, idOf(call), { ...options, signal: call.signal }) };
  },
} satisfies Record<string, Operate>;
