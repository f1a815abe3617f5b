import { closeSync, openSync, readSync } from 'node:fs';

/** Where distributions put the small init that Docker calls docker-init. */
const PLACES = [
  '/usr/bin/docker-init',
  '/usr/libexec/docker/docker-init',
  '/usr/local/bin/docker-init',
  '/usr/bin/tini-static',
  '/sbin/docker-init',
  '/usr/libexec/podman/catatonit',
];

/** It runs inside any image, so it must bring all it needs: only a statically linked one will do. */
export function findStaticInit(places: string[] = PLACES): string | undefined {
  return places.find(isStatic);
}

/** ELF program header type of the path of a dynamic loader: elf(5). */
const PT_INTERP = 3;

function isStatic(path: string): boolean {
  const header = Buffer.alloc(4096);
  try {
    const descriptor = openSync(path, 'r');
    try {
      readSync(descriptor, header, 0, header.length, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
  return header.readUInt32BE(0) === 0x7f454c46 && !programHeaderTypes(header).includes(PT_INTERP);
}

/** Of a 64-bit little-endian ELF file: Elf64_Ehdr and Elf64_Phdr in elf(5). */
function programHeaderTypes(file: Buffer): number[] {
  const offset = Number(file.readBigUInt64LE(32));
  const size = file.readUInt16LE(54);
  const count = file.readUInt16LE(56);
  const types: number[] = [];
  for (let index = 0; index < count && offset + (index + 1) * size <= file.length; index++) {
    types.push(file.readUInt32LE(offset + index * size));
  }
  return types;
}
