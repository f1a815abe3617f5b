import { Fault } from '@pontoon/fault';

/** `ctrl-p,ctrl-q`, `ctrl-@`, `a`: the bytes that a terminal sends for them. */
export function parseKeys(keys: string): number[] {
  return keys.split(',').map((key) => {
    const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key)?.[1];
    if (control !== undefined) return control.toUpperCase().charCodeAt(0) - 0x40;
    if (key.length === 1 && key.charCodeAt(0) < 0x80) return key.charCodeAt(0);
    throw new Fault('invalid', `invalid detach keys (${keys}) provided: Unknown character: '${key}'`);
  });
}

export interface Passed {
  /** What goes on to the process. */
  bytes: Buffer;
  /** The sequence was typed; what came before it is in `bytes`. */
  detached: boolean;
}

/**
 * Looks for the keys in what is typed, across chunks. A sequence half typed is held back; where it goes on otherwise,
 * its keys are passed on after all.
 */
export function watchKeys(sequence: number[]): (input: Uint8Array) => Passed {
  let held = 0;
  return (input) => {
    const bytes: number[] = [];
    for (const byte of input) {
      if (byte !== sequence[held]) {
        bytes.push(...sequence.slice(0, held));
        held = 0;
      }
      if (byte !== sequence[held]) bytes.push(byte);
      else if (++held === sequence.length) {
        held = 0;
        return { bytes: Buffer.from(bytes), detached: true };
      }
    }
    return { bytes: Buffer.from(bytes), detached: false };
  };
}
