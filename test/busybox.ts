/** A root file system of one static busybox, as a tar: for the oracle, and for import and load. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from './command.ts';

const files: Record<string, string> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
  'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
};

export async function busyboxTar(extra: Record<string, string> = {}): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'pontoon-busybox-'));
  try {
    for (const name of [
      'bin',
      'sbin',
      'usr/bin',
      'usr/sbin',
      'etc',
      'root',
      'home',
      'tmp',
      'var',
      'proc',
      'sys',
      'dev',
    ]) {
      mkdirSync(join(folder, 'tree', name), { recursive: true });
    }
    await succeed(['cp', '/bin/busybox', join(folder, 'tree/bin/busybox')]);
    await succeed(['chroot', join(folder, 'tree'), '/bin/busybox', '--install', '-s']);
    for (const [name, content] of Object.entries({ ...files, ...extra })) {
      writeFileSync(join(folder, 'tree', name), content);
    }
    await succeed(['chmod', '1777', join(folder, 'tree/tmp')]);
    const archive = join(folder, 'busybox.tar');
    await succeed(['tar', '-C', join(folder, 'tree'), '-cf', archive, '.']);
    return readFileSync(archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
