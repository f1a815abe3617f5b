import { Connection, type Wire } from './connection.ts';
import { decodeMessages, encodeMessage, type Message, NLMSG_ERROR } from './wire/message.ts';

/** One exchange: a look at what was sent, and what comes back. */
export interface Exchange {
  /** May throw, to fail the test. */
  request?: (messages: Message[], datagram: Buffer) => void;
  /** Each a datagram of one message; an acknowledgement where absent. `of` is the index of the answered message. */
  replies?: { type: number; flags?: number; body: Uint8Array; of?: number }[];
}

/** A connection whose kernel is a script: for what a real kernel answers rarely. @returns also `done`, for the end */
export function scripted(exchanges: Exchange[]): { connection: Connection; done: () => void } {
  const expected = [...exchanges];
  const answers: Buffer[] = [];
  const wire: Wire = {
    send: (bytes) => {
      const datagram = Buffer.from(bytes);
      const exchange = expected.shift();
      if (!exchange) throw new Error(`the script expects no more requests, got ${datagram.toString('hex')}`);
      const messages = decodeMessages(datagram);
      exchange.request?.(messages, datagram);
      answers.push(...encodeReplies(messages, exchange));
    },
    receive: () => {
      const answer = answers.shift();
      if (!answer) throw new Error('the script has no answer left');
      return answer;
    },
    poll: () => answers.shift(),
    close: () => {},
  };
  const done = () => {
    if (expected.length > 0) throw new Error(`${expected.length} expected requests were not sent`);
  };
  return { connection: new Connection(wire), done };
}

/** An ACK: struct nlmsgerr with error 0. */
const ACKNOWLEDGEMENT = { type: NLMSG_ERROR, body: Buffer.alloc(20) };

function encodeReplies(messages: Message[], { replies = [ACKNOWLEDGEMENT] }: Exchange): Buffer[] {
  const asked = messages.findLastIndex(({ flags }) => flags & 0x4);
  return replies.map(({ type, flags = 0, body, of = Math.max(asked, 0) }) =>
    encodeMessage({ type, flags, sequence: messages[of]?.sequence ?? 0, body }),
  );
}
