import { Fault } from '@pontoon/fault';

const DEFAULT_KEYS = 'ctrl-p,ctrl-q';

/** Looks for the keys that detach a client in what it types; they never reach the process. */
export class DetachKeys {
  readonly #sequence: number[];
  #matched = 0;

  /** @param keys `ctrl-p,ctrl-q`, `ctrl-]`, `a,b`; the default where absent or empty */
  constructor(keys?: string) {
    this.#sequence = parseKeys(keys || DEFAULT_KEYS);
  }

  /** What to pass on of that input. A half-typed sequence is held back until the next key decides. */
  find(input: Buffer): { pass: Buffer; detached: boolean } {
    const pass: number[] = [];
    for (const byte of input) {
      if (byte !== this.#sequence[this.#matched]) {
        pass.push(...this.#sequence.slice(0, this.#matched));
        this.#matched = 0;
      }
      if (byte !== this.#sequence[this.#matched]) {
        pass.push(byte);
      } else if (++this.#matched === this.#sequence.length) {
        this.#matched = 0;
        return { pass: Buffer.from(pass), detached: true };
      }
    }
    return { pass: Buffer.from(pass), detached: false };
  }
}

/** @throws {Fault} invalid, with Docker's text */
export function parseKeys(keys: string): number[] {
  return keys.split(',').map((key) => {
    const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
    if (control !== undefined) return control.toUpperCase().charCodeAt(0) - 0x40;
    if (key.length === 1 && key.charCodeAt(0) < 0x80) return key.charCodeAt(0);
    throw new Fault('invalid', `invalid detach keys (${keys}) provided: Unknown character: '${key}'`);
  });
}
