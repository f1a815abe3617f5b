/** A log of 100 MB, read whole. */
import { succeed } from '../../test/command.ts';
import type { Contender } from '../contender.ts';

const bytes = 100_000_000;
const line = 'the quick brown fox jumps over the lazy dog, over and over again, as long as anybody asks';

/** A container that has written it. */
export async function writeLog({ docker }: Contender): Promise<string> {
  const write = `yes '${line}' | head -c ${bytes}`;
  const id = await docker('run', '-d', 'busybox', 'sh', '-c', write);
  await docker('wait', id);
  return id;
}

/** MB a second that come out of `docker logs`. */
export async function logRate({ socket }: Contender, id: string): Promise<number> {
  const environment = { DOCKER_HOST: `unix://${socket}` };
  const began = performance.now();
  const count = await succeed(['sh', '-c', `docker logs ${id} | wc -c`], { environment, limit_s: 120 });
  if (Number(count) !== bytes) throw new Error(`the log has ${count} bytes instead of ${bytes}`);
  return bytes / 1000 / (performance.now() - began);
}
