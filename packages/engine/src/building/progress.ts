/** What buildah prints, told as `docker build` tells it. */
import type { ProgressMessage } from '@pontoon/api';
import type { Instruction } from './dockerfile.ts';

type Tell = (message: ProgressMessage) => void;

/** `STEP 2/3: RUN x`; `[1/2] STEP 2/3: RUN x` where there are several stages. */
const step = /^(?:\[(\d+)\/\d+\] )?STEP (\d+)\/\d+: /;

/**
 * Turns the lines of buildah's standard output into Docker's stream. Steps are counted through all stages, and shown
 * as they stand in the Dockerfile.
 */
export class StepTeller {
  #tell: Tell;
  #instructions: Instruction[];
  /** Where each stage begins in the instructions. */
  #starts: number[];
  /** buildah's last line: the image's id. */
  #last = '';

  constructor(instructions: Instruction[], tell: Tell) {
    this.#tell = tell;
    this.#instructions = instructions;
    this.#starts = instructions.flatMap(({ keyword }, index) => (keyword === 'FROM' ? [index] : []));
    // buildah has no steps for what stands above the first stage.
    for (let index = 0; index < (this.#starts[0] ?? 0); index++) this.#tellStep(index);
  }

  /** The image that was made, where buildah ended well. */
  get image(): string | undefined {
    return /^[0-9a-f]{64}$/.test(this.#last) ? this.#last : undefined;
  }

  /** @param line without its line feed */
  line(line: string): void {
    this.#last = line;
    const began = step.exec(line);
    const made = /^--> ([0-9a-f]{11,12})$/.exec(line)?.[1];
    if (began) this.#tellStep((this.#starts[Number(began[1] ?? 1) - 1] ?? 0) + Number(began[2]) - 1);
    else if (line.startsWith('--> Using cache ')) this.#tell({ stream: ' ---> Using cache\n' });
    else if (made) this.#tell({ stream: ` ---> ${made}\n` });
    else if (!isTalk(line)) this.#tell({ stream: `${line}\n` });
  }

  #tellStep(index: number): void {
    const instruction = this.#instructions[index];
    if (!instruction) return; // of a base image's ONBUILD: buildah counts those too
    const { keyword, rest } = instruction;
    this.#tell({ stream: `Step ${index + 1}/${this.#instructions.length} : ${keyword} ${rest}` });
    this.#tell({ stream: '\n' });
  }
}

/** What buildah says of its own work; the image's id is told by the build itself. */
function isTalk(line: string): boolean {
  return /^(COMMIT( \S+)?|[0-9a-f]{64})$/.test(line);
}

/** Whether a line of standard error is a command's own, and no word of buildah's. */
export function isOutput(line: string): boolean {
  return !/^(Error: |time="|subprocess exited with status \d+|\[\d+\/\d+\] )/.test(line);
}
