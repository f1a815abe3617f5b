import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttachedStreams,
  buildSpec,
  Containers,
  type CreateOptions,
  detectRuntime,
  type ExitStatus,
  type Runtime,
  type RuntimeKind,
  type SpecInput,
} from '@pontoon/oci';
import { unmount } from '@pontoon/sys';

const APPLETS =
  'sh cat echo sleep true false id ls kill yes head dd stty tr mount touch seq test env hostname ps wc';

/** A run root with a busybox root file system, and the containers made in it; all gone at the end of the block. */
export interface Place extends AsyncDisposable {
  root: string;
  rootfs: string;
  runtime: Runtime;
  containers: Containers;
  input(args: string[], more?: Partial<SpecInput>): SpecInput;
  /** Created, not started. */
  create(args: string[], more?: Partial<SpecInput>, options?: Partial<CreateOptions>): Promise<string>;
  /** Runs to its end, attached from before the start. */
  run(
    args: string[],
    more?: Partial<SpecInput>,
  ): Promise<{ stdout: string; stderr: string; exit: ExitStatus }>;
  ended(id: string): Promise<ExitStatus>;
}

export async function openPlace(o: { runtime?: RuntimeKind } = {}): Promise<Place> {
  const root = mkdtempSync(join(tmpdir(), 'pontoon-oci-'));
  const rootfs = makeRootfs(join(root, 'image'));
  const runRoot = join(root, 'run');
  mkdirSync(runRoot);
  const runtime = await detectRuntime({ runRoot, wanted: o.runtime });
  const containers = new Containers({ runtime, runRoot });
  const made: string[] = [];
  const input = (args: string[], more: Partial<SpecInput> = {}): SpecInput => ({
    ...{
      id: randomBytes(32).toString('hex'),
      args,
      env: ['PATH=/bin'],
      cwd: '/',
      user: { uid: 0, gid: 0 },
      rootfs,
    },
    ...more,
  });
  const create: Place['create'] = async (args, more, options) => {
    const wanted = input(args, more);
    made.push(wanted.id);
    await containers.create({
      id: wanted.id,
      spec: () => buildSpec(wanted),
      terminal: wanted.terminal ?? false,
      stdin: false,
      ...options,
    });
    return wanted.id;
  };
  const ended: Place['ended'] = (id) => {
    const already = containers.exitOf(id);
    if (already) return Promise.resolve(already);
    return new Promise((resolve) => {
      const stop = containers.onExit((other, exit) => {
        if (other !== id) return;
        stop();
        resolve(exit);
      });
    });
  };
  return {
    ...{ root, rootfs, runtime, containers, input, create, ended },
    async run(args, more) {
      const id = await create(args, more);
      const streams = containers.attach(id, { stdin: false });
      const exit = ended(id);
      await containers.start(id);
      const output = await collect(streams);
      return { ...output, exit: await exit };
    },
    async [Symbol.asyncDispose]() {
      for (const id of made) await containers.delete(id, { force: true });
      containers.close();
      unmount(join(runRoot, 'crun'));
      unmount(join(runRoot, 'mnt', 'runtime'));
      unmount(join(runRoot, 'mnt'));
      unmount(runRoot);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export async function collect(streams: AttachedStreams): Promise<{ stdout: string; stderr: string }> {
  const found = { stdout: '', stderr: '' };
  for await (const { stream, bytes } of streams.output) found[stream] += bytes.toString();
  return found;
}

/** The streams' output up to a text; what follows stays to be read. */
export async function until(streams: AttachedStreams, text: string): Promise<string> {
  let seen = '';
  const iterator = streams.output[Symbol.asyncIterator]();
  while (!seen.includes(text)) {
    const next = await iterator.next();
    if (next.done) throw new Error(`output ended before ${JSON.stringify(text)}: ${JSON.stringify(seen)}`);
    seen += next.value.bytes.toString();
  }
  return seen;
}

function makeRootfs(folder: string): string {
  for (const name of ['bin', 'proc', 'sys', 'dev', 'tmp', 'etc', 'folder']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  copyFileSync('/bin/busybox', join(folder, 'bin/busybox'));
  for (const applet of APPLETS.split(' ')) symlinkSync('busybox', join(folder, 'bin', applet));
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n');
  writeFileSync(join(folder, 'not-executable'), '#!/bin/sh\n');
  chmodSync(join(folder, 'not-executable'), 0o644);
  return folder;
}
