import { messageOf } from '@pontoon/fault';

export type Mode = 'bridge' | 'host' | 'container' | 'none';

/** One sentence about a mode, and what was measured to say so. */
export interface Check {
  mode: Mode;
  claim: string;
  held: boolean;
  evidence: string;
}

export interface Measured {
  held: boolean;
  evidence: string;
}

/** Measures; what could not be measured did not hold. */
export async function check(mode: Mode, claim: string, measure: () => Promise<Measured>): Promise<Check> {
  try {
    return { mode, claim, ...(await measure()) };
  } catch (error) {
    return { mode, claim, held: false, evidence: messageOf(error).split('\n')[0]! };
  }
}
