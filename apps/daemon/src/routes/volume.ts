/** Volumes. */
import type { VolumeCreateBody } from '@pontoon/api';
import { createVolume, inspectVolume, listVolumes, pruneVolumes, removeVolume } from '@pontoon/engine';
import { readJson } from '../body.ts';
import { type Call, done, type Operate } from '../call.ts';
import { checkFields, type Fields } from '../check/shape.ts';
import { filters, flag } from '../query.ts';
import { atLeast } from '../version.ts';

const volumeFields: Fields = { Name: 'string', Driver: 'string', DriverOpts: 'map', Labels: 'map' };

const nameOf = ({ parameters }: Call): string => parameters.name ?? '';

export const volume = {
  VolumeList: async ({ engine, query }) => ({ status: 200, json: await listVolumes(engine, filters(query)) }),

  VolumeCreate: async ({ engine, body }) => {
    const wanted = await readJson<VolumeCreateBody>(body, {});
    checkFields(wanted, volumeFields, 'CreateOptions');
    return { status: 201, json: await createVolume(engine, wanted) };
  },

  VolumeInspect: async (call) => ({ status: 200, json: await inspectVolume(call.engine, nameOf(call)) }),

  VolumeDelete: async (call) => {
    await removeVolume(call.engine, nameOf(call), { force: flag(call.query, 'force') });
    return done;
  },

  VolumePrune: async ({ engine, query, version }) => {
    // Before API 1.42 named volumes went, too.
    const chosen = filters(query);
    if (!atLeast(version, '1.42')) chosen.all = ['true'];
    return { status: 200, json: await pruneVolumes(engine, chosen) };
  },
} satisfies Record<string, Operate>;
