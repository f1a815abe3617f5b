/** Files of a container as tar: `docker cp`, `docker export`. */
import type { PathStat } from '@pontoon/api';
import { archiveStat, exportContainer, getArchive, putArchive } from '@pontoon/engine';
import type { Call, Operate } from '../call.ts';
import { flag, required } from '../query.ts';

const idOf = ({ parameters }: Call): string => parameters.id ?? '';
const tar = 'application/x-tar';

export const archive = {
  ContainerExport: async (call) => ({
    type: 'application/octet-stream',
    stream: await exportContainer(call.engine, idOf(call)),
  }),

  ContainerArchiveInfo: async (call) => {
    const stat = await archiveStat(call.engine, idOf(call), required(call.query, 'path'));
    return { status: 200, headers: statHeader(stat) };
  },

  ContainerArchive: async (call) => {
    const { stat, stream } = await getArchive(call.engine, idOf(call), required(call.query, 'path'));
    return { type: tar, stream, headers: statHeader(stat) };
  },

  PutContainerArchive: async (call) => {
    await putArchive(call.engine, idOf(call), required(call.query, 'path'), call.body, {
      noOverwriteDirNonDir: flag(call.query, 'noOverwriteDirNonDir'),
      copyUIDGID: flag(call.query, 'copyUIDGID'),
    });
    return { status: 200 };
  },
} satisfies Record<string, Operate>;

function statHeader(stat: PathStat): Record<string, string> {
  return { 'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(stat)).toString('base64') };
}
