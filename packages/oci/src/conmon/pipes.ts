import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { pipe } from '@pontoon/sys';

/** A pipe from a child: its end here becomes a stream only where it is read. */
export interface Incoming {
  /** The child's end. */
  there: number;
  stream(): Socket;
  close(): void;
}

export function incoming(): Incoming {
  const { read, write } = pipe();
  let socket: Socket | undefined;
  return {
    there: write,
    stream() {
      socket ??= new Socket({ fd: read, readable: true, writable: false });
      return socket;
    },
    close: () => (socket ? socket.destroy() : closeSync(read)),
  };
}

/** A pipe to a child, for words so short that they always fit. */
export interface Outgoing {
  there: number;
  say(word: string): void;
  close(): void;
}

export function outgoing(): Outgoing {
  const { read, write } = pipe();
  return {
    there: read,
    say(word) {
      try {
        writeSync(write, word);
      } catch {
        // EPIPE: the child has ended, which its other pipes tell.
      }
    },
    close: () => closeSync(write),
  };
}
