/** What Docker cannot do to a container that runs: interfaces by hand, ports that come and go. */
import type { AttachmentBody, PortChangeBody } from '@pontoon/api';
import { changePorts, createAttachment, removeAttachment } from '@pontoon/engine';
import { readJson } from '../body.ts';
import { type Call, done, type Operate } from '../call.ts';
import { checkAttachment, checkPortChange } from '../check/network.ts';

const idOf = ({ parameters }: Call): string => parameters.id ?? '';

export const attachment = {
  AttachmentCreate: async (call) => {
    const wanted = checkAttachment(await readJson<AttachmentBody>(call.body));
    return { status: 201, json: await createAttachment(call.engine, idOf(call), wanted) };
  },

  AttachmentDelete: async (call) => {
    await removeAttachment(call.engine, idOf(call), call.parameters.name ?? '');
    return done;
  },

  PortChange: async (call) => {
    const wanted = checkPortChange(await readJson<PortChangeBody>(call.body));
    return { status: 200, json: await changePorts(call.engine, idOf(call), wanted) };
  },
} satisfies Record<string, Operate>;
