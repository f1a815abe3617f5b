import { closeSync, constants, fstatSync, readFileSync } from 'node:fs';
import { Fault } from '@pontoon/fault';
import { openInRoot } from '@pontoon/sys';
import { codeOf, Folder } from '../tree/folder.ts';

/** Whom a process runs as: process.user of the OCI runtime-spec, and where that user is at home. */
export interface ContainerUser {
  uid: number;
  gid: number;
  additionalGids: number[];
  home: string;
}

/** The largest id that the kernel takes here, as runc checks it. */
const ID_MAX = 2 ** 31 - 1;
const DATABASE_MAX = 16 * 1024 * 1024;

/**
 * Finds `user[:group]`, names or numbers, in the passwd and group files of a root file system. A name is looked up; a
 * number need not be there. Without a group: the user's own, and those that list the user.
 * @param spec '' is root
 * The group itself is among the additional ones too, so that it can't be shed for more rights (CVE-2022-36109).
 * @param groupAdd more groups, by name or number
 * @throws {Fault} invalid, in the words of runc's libcontainer/user
 */
export function resolveUser(rootfs: string, spec: string, groupAdd: string[] = []): ContainerUser {
  const passwd = readDatabase(rootfs, '/etc/passwd');
  const groups = readDatabase(rootfs, '/etc/group');
  const [user = '', group = ''] = spec.split(':');
  const found = findUser(passwd, user || '0');
  const gid = group ? findGroup(groups, group, group) : found.gid;
  const listed = group || found.name === undefined ? [] : groupsOf(groups, found.name);
  const added = groupAdd.map((name) => findGroup(groups, name, name, 'Unable'));
  return { uid: found.uid, gid, additionalGids: [...new Set([gid, ...listed, ...added])], home: found.home };
}

/** The lines of a file in the root file system, split at colons; links are followed inside only. */
function readDatabase(rootfs: string, path: string): string[][] {
  const root = Folder.open(rootfs);
  try {
    const file = openInRoot(root.descriptor, path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(file);
      if (!status.isFile() || status.size > DATABASE_MAX) return [];
      return parse(readFileSync(file, 'utf8'));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error) ?? '')) return [];
    throw error;
  } finally {
    root.close();
  }
}

function parse(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(':'));
}

function findUser(
  passwd: string[][],
  user: string,
): { name?: string; uid: number; gid: number; home: string } {
  const number = /^\d+$/.test(user) ? Number(user) : undefined;
  const line = passwd.find(
    ([name, , uid]) => name === user || (number !== undefined && Number(uid) === number),
  );
  if (line) {
    const [name, , uid, gid, , home = ''] = line;
    return { ...(name ? { name } : {}), uid: Number(uid) || 0, gid: Number(gid) || 0, home: home || '/' };
  }
  if (number === undefined) throw noMatch('unable', 'user', user, 'passwd');
  return { uid: inRange(number), gid: 0, home: '/' };
}

function findGroup(groups: string[][], group: string, shown: string, verb = 'unable'): number {
  const number = /^\d+$/.test(group) ? Number(group) : undefined;
  const line = groups.find(
    ([name, , gid]) => name === group || (number !== undefined && Number(gid) === number),
  );
  if (line) return Number(line[2]) || 0;
  if (number !== undefined) return inRange(number);
  throw noMatch(verb, 'group', shown, 'group');
}

function groupsOf(groups: string[][], user: string): number[] {
  return groups
    .filter(([, , , members = '']) => members.split(',').includes(user))
    .map(([, , gid]) => Number(gid) || 0);
}

function inRange(id: number): number {
  if (id > ID_MAX) throw new Fault('invalid', `uids and gids must be in range 0-${ID_MAX}`);
  return id;
}

function noMatch(verb: string, kind: string, name: string, file: string): Fault {
  return new Fault('invalid', `${verb} to find ${kind} ${name}: no matching entries in ${file} file`);
}
