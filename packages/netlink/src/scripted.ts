import { Connection, frame, type Message, parse, type Wire } from './connection.ts';

/** One exchange: what is expected of the request, and the messages that answer it. */
export interface Exchange {
  /** May throw, to fail the test. */
  expect(request: Message, datagram: Buffer): void;
  /** Type, flags and body of each answering message; an acknowledgement where absent. */
  reply?: { type: number; flags?: number; body: Uint8Array }[];
}

const ERROR = 2;

/** A connection whose kernel is a script: for tests of what is sent, and of answers that a real kernel gives rarely. */
export function scripted(exchanges: Exchange[]): Connection & { done(): void } {
  const waiting = [...exchanges];
  const answers: Buffer[] = [];
  const wire: Wire = {
    descriptor: -1,
    send: (bytes) => {
      const datagram = Buffer.from(bytes);
      const exchange = waiting.shift();
      const request = parse(datagram).at(-1);
      if (!exchange || !request)
        throw new Error(`no more requests were expected, got ${datagram.toString('hex')}`);
      exchange.expect(request, datagram);
      const reply: NonNullable<Exchange['reply']> = exchange.reply ?? [
        { type: ERROR, body: Buffer.alloc(20) },
      ];
      answers.push(...reply.map(({ type, flags = 0, body }) => frame(type, flags, request.sequence, body)));
    },
    receive: () => {
      const answer = answers.shift();
      if (!answer) throw new Error('the script has no answer left');
      return answer;
    },
    poll: () => answers.shift(),
    join: () => {},
    close: () => {},
  };
  return Object.assign(new Connection(wire), {
    done: () => {
      if (waiting.length > 0) throw new Error(`${waiting.length} expected requests were not sent`);
    },
  });
}
