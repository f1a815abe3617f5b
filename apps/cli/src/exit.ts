import { Fault, messageOf } from '@pontoon/fault';

/** Ends the program with this status, and with this line on stderr where there is one. Only main.ts acts on it. */
export class Exit extends Error {
  readonly status: number;

  constructor(status: number, message = '') {
    super(message);
    this.name = 'Exit';
    this.status = status;
  }
}

/** What is wrong with the command line itself: answered with the usage, status 125. */
export class UsageFault extends Fault {
  constructor(message: string, options?: { cause?: unknown }) {
    super('invalid', message, options);
    this.name = 'UsageFault';
  }
}

/** What the command line says wrongly is answered with a hint to the help. */
export function asUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageFault(messageOf(error), { cause: error });
  }
}
