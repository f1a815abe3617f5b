import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Fault } from '@pontoon/fault';
import { digestOf } from '../content/digest.ts';
import { layerType } from '../content/media.ts';
import { canonicalName, type Reference, withTag } from '../reference/parse.ts';
import { addImage } from '../store/add.ts';
import type { ImageRecord } from '../store/catalogue.ts';
import { hostArchitecture, type ImageConfiguration } from '../store/config.ts';
import type { Store } from '../store/store.ts';
import { whileWriting } from '../verbs/collect.ts';
import { tag } from '../verbs/tag.ts';
import { BUSYBOX_TIME, busyboxLayer } from './layer.ts';

const PROGRAM = '/bin/busybox';
const NAME = 'docker.io/library/busybox:latest';
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const making = new WeakMap<Store, Promise<ImageRecord>>();

/** Whether a name means the image that needs no registry: `busybox`, `busybox:latest` and their long forms. */
export function isDefaultImage(reference: Reference): boolean {
  return canonicalName(withTag(reference)) === NAME;
}

/** Makes the default image from this machine's static busybox; asked twice at once, once. */
export function makeDefaultImage(store: Store): Promise<ImageRecord> {
  const made =
    making.get(store) ?? whileWriting(store, () => make(store)).finally(() => making.delete(store));
  making.set(store, made);
  return made;
}

async function make(store: Store): Promise<ImageRecord> {
  const archive = busyboxLayer(await readProgram(), await listApplets());
  const blob = await store.blobs.put(archive);
  const configuration = Buffer.from(JSON.stringify(configure(digestOf(archive))));
  const image = await addImage(store, configuration, [
    { blob, mediaType: layerType(store.blobs.path(blob)) },
  ]);
  await tag(store, image.id, NAME);
  return image;
}

function configure(diffId: string): ImageConfiguration {
  const created = new Date(BUSYBOX_TIME * 1000).toISOString();
  return {
    ...hostArchitecture(),
    os: 'linux',
    created,
    config: { Cmd: ['sh'], Env: [PATH] },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, created_by: `BusyBox from this machine's ${PROGRAM}` }],
  };
}

/** @throws {Fault} unavailable, where it is missing or needs libraries that the image would lack */
async function readProgram(): Promise<Buffer> {
  const advice = 'install busybox-static, or load an image';
  try {
    await access(PROGRAM, constants.X_OK);
  } catch (error) {
    throw new Fault('unavailable', `make image busybox: ${PROGRAM} is missing: ${advice}`, { cause: error });
  }
  const program = await readFile(PROGRAM);
  if (needsLoader(program)) {
    throw new Fault('unavailable', `make image busybox: ${PROGRAM} is not static: ${advice}`);
  }
  return program;
}

/** A program header of type PT_INTERP names a dynamic loader: elf(5), 64-bit little-endian. */
function needsLoader(program: Buffer): boolean {
  if (program.toString('latin1', 0, 4) !== '\x7fELF') return true;
  const table = Number(program.readBigUInt64LE(32));
  const [size, count] = [program.readUInt16LE(54), program.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => program.readUInt32LE(table + index * size)).includes(3);
}

async function listApplets(): Promise<string[]> {
  const { stdout } = await promisify(execFile)(PROGRAM, ['--list']);
  return stdout.split('\n').filter(Boolean);
}
