/** An image of 200 MB, pulled from a registry on the host's loopback. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api } from '../../test/api.ts';
import { dockerArchive, tar } from '../../test/archives.ts';
import { succeed } from '../../test/command.ts';
import { until } from '../../test/until.ts';
import type { Contender } from '../contender.ts';
import { timed } from '../measure.ts';
import { inside } from '../place.ts';

const address = '127.0.0.1:5000';
export const image = `${address}/big:latest`;
const layers = 5;
const layerBytes = 40_000_000;

/** Half of it can be compressed, as programs can. */
function content(): Buffer {
  const block = 4096;
  const noise = randomBytes(layerBytes / 2);
  const whole = Buffer.alloc(layerBytes, 'so it goes ');
  for (let at = 0; at < noise.length; at += block) noise.copy(whole, at * 2, at, at + block);
  return whole;
}

/** Debian's docker-registry on the engine's host, on a folder that all registries of a run share. */
export async function openRegistry({ host, lab }: Contender, folder: string): Promise<void> {
  const file = join(lab.directory, 'registry.json');
  mkdirSync(folder, { recursive: true });
  const configuration = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: address },
  };
  writeFileSync(file, JSON.stringify(configuration));
  host.spawn(['docker-registry', 'serve', file]);
  await until(
    'the registry listens',
    async () => (await succeed(inside(host, ['ss', '-Hltn', 'sport = :5000']))) !== '',
  );
}

export async function pushImage({ socket, docker }: Contender): Promise<void> {
  const parts = Array.from({ length: layers }, (_, index) =>
    tar([{ name: `part${index}`, content: content() }]),
  );
  const archive = dockerArchive({ tags: [image], layers: parts });
  const loaded = await api(socket, 'POST', '/images/load', {
    raw: { content: archive, type: 'application/x-tar' },
  });
  if (loaded.status !== 200) throw new Error(`load: ${loaded.text}`);
  await docker('push', '-q', image);
  await docker('rmi', image);
}

/** Seconds of `docker pull`, of an image that is gone before and after. */
export async function pullTime({ docker }: Contender): Promise<number> {
  const seconds = await timed(() => docker('pull', '-q', image));
  await docker('rmi', image);
  return seconds;
}
