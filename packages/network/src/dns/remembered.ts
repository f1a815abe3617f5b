/** A question of more bytes than any name needs (RFC 1035, section 2.3.4) is not worth a place. */
const LONGEST_BYTES = 320;
/** Questions; a client that never asks the same twice must not fill the memory. */
const MOST = 1024;

/**
 * Answers in the form of the wire, by the bytes of the question: the same question is asked again and again, and has
 * the same answer until the names change. All but the id counts: flags, case and EDNS are part of it.
 */
export class Remembered {
  readonly #answers = new Map<string, Buffer[]>();
  #version: number | undefined;

  /**
   * @param version of the names: another one, and all is forgotten
   * @param turn which of several orders of a shared name's addresses
   * @returns a copy, with the question's id
   */
  find(question: Buffer, version: number, turn: number): Buffer | undefined {
    if (version !== this.#version) {
      this.#answers.clear();
      this.#version = version;
    }
    const known = this.#answers.get(keyOf(question));
    if (!known) return undefined;
    const answer = Buffer.from(known[turn % known.length]!);
    question.copy(answer, 0, 0, 2);
    return answer;
  }

  /** @param answers its forms, which take turns */
  keep(question: Buffer, answers: Buffer[]): void {
    if (question.length > LONGEST_BYTES) return;
    if (this.#answers.size >= MOST) this.#answers.clear();
    this.#answers.set(keyOf(question), answers);
  }
}

const keyOf = (question: Buffer): string => question.toString('latin1', 2);
