import { spawnSync } from 'node:child_process';
import type { Context } from '../verb.ts';

/**
 * The terminal hands on every key and prints every byte as it is: cfmakeraw(3). Node's own raw mode keeps output
 * processing (libuv's UV_TTY_MODE_RAW sets ONLCR), so that the "\r\n" of the terminal inside would come out as "\r\r\n".
 */
export function makeRaw({ stdin }: Context): void {
  stdin.setRawMode(true);
  outputProcessing('-opost');
}

export function restore({ stdin }: Context): void {
  outputProcessing('opost');
  stdin.setRawMode(false);
}

function outputProcessing(setting: 'opost' | '-opost'): void {
  spawnSync('stty', [setting], { stdio: ['inherit', 'ignore', 'ignore'] });
}
