import { entryOf, nameOf, type TarEntry } from '../tar/entry.ts';
import { ARCHIVE_END, encodeHeader, encodePadding } from '../tar/write.ts';

/** 2025-01-01: the same layer, to the byte, from the same busybox. */
export const BUSYBOX_TIME = Date.UTC(2025, 0, 1) / 1000;

const FOLDERS: [name: string, mode?: number, owner?: number][] = [
  ['bin'],
  ['dev'],
  ['etc'],
  ['etc/network'],
  ['etc/network/if-down.d'],
  ['etc/network/if-post-down.d'],
  ['etc/network/if-pre-up.d'],
  ['etc/network/if-up.d'],
  ['home', 0o755, 65534],
  ['root', 0o700],
  ['sbin'],
  ['tmp', 0o1777],
  ['usr'],
  ['usr/bin'],
  ['usr/sbin'],
  ['var'],
  ['var/spool'],
  ['var/spool/mail', 0o755, 8],
  ['var/www', 0o755, 33],
];

const PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`;

const GROUPS = {
  root: 0,
  daemon: 1,
  bin: 2,
  sys: 3,
  adm: 4,
  tty: 5,
  disk: 6,
  lp: 7,
  mail: 8,
  kmem: 9,
  wheel: 10,
  cdrom: 11,
  dialout: 18,
  floppy: 19,
  video: 28,
  audio: 29,
  tape: 32,
  'www-data': 33,
  operator: 37,
  utmp: 43,
  plugdev: 46,
  staff: 50,
  lock: 54,
  netdev: 82,
  users: 100,
  nogroup: 65534,
};

const SHADOW = PASSWD.replace(/^([^:]+):.*$/gm, '$1:*:10933:0:99999:7:::');

/**
 * The one layer of the default image, laid out as Docker's official busybox: one static program in /bin with a hard
 * link an applet.
 * @param applets as `busybox --list` prints them
 */
export function busyboxLayer(program: Buffer, applets: string[]): Buffer {
  const links = [...new Set(applets)].filter((applet) => applet !== 'busybox').sort();
  const group = Object.entries(GROUPS).map(
    ([name, id]) => `${name}:x:${id}:${name === 'wheel' ? 'root' : ''}\n`,
  );
  return Buffer.concat([
    ...FOLDERS.map(([name, mode = 0o755, owner = 0]) =>
      write({ name, type: 'directory', mode, uid: owner, gid: owner }),
    ),
    file('bin/busybox', program, 0o755),
    ...links.map((applet) =>
      write({ name: `bin/${nameOf(applet)}`, type: 'link', link: 'bin/busybox', mode: 0o755 }),
    ),
    write({ name: 'usr/bin/env', type: 'symlink', link: '../../bin/env' }),
    file('etc/group', Buffer.from(group.join('')), 0o644),
    file('etc/passwd', Buffer.from(PASSWD), 0o644),
    file('etc/shadow', Buffer.from(SHADOW), 0o640),
    ARCHIVE_END,
  ]);
}

function write(part: Partial<TarEntry> & Pick<TarEntry, 'name' | 'type'>): Buffer {
  return encodeHeader(entryOf({ ...part, mtime: BUSYBOX_TIME }));
}

function file(name: string, content: Buffer, mode: number): Buffer {
  const header = write({ name, type: 'file', mode, size: content.length });
  return Buffer.concat([header, content, encodePadding(content.length)]);
}
