import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { pipe } from '@pontoon/sys';

/** A pipe between this process and a child. */
interface Pipe {
  /** The child's end. */
  there: number;
  /** The child has its end: it is not needed here any more. */
  given(): void;
  close(): void;
}

/** From a child: the end here becomes a stream only where it is read. */
export interface Incoming extends Pipe {
  stream(): Socket;
}

export function incoming(): Incoming {
  const { read, write } = pipe();
  const there = ending(write);
  let socket: Socket | undefined;
  return {
    there: write,
    given: there,
    stream() {
      socket ??= new Socket({ fd: read, readable: true, writable: false });
      return socket;
    },
    close() {
      there();
      if (socket) socket.destroy();
      else closeSync(read);
    },
  };
}

/** To a child, for words so short that they always fit. */
export interface Outgoing extends Pipe {
  say(word: string): void;
}

export function outgoing(): Outgoing {
  const { read, write } = pipe();
  const there = ending(read);
  return {
    there: read,
    given: there,
    say(word) {
      try {
        writeSync(write, word);
      } catch {
        // EPIPE: the child has ended, which its other pipes tell.
      }
    },
    close() {
      there();
      closeSync(write);
    },
  };
}

/** Closes a descriptor the first time, when its number is still its own. */
function ending(descriptor: number): () => void {
  let open = true;
  return () => {
    if (open) closeSync(descriptor);
    open = false;
  };
}
