/** The stages of a Dockerfile, and the images that they begin with or copy from. */
import { Fault } from '@pontoon/fault';
import type { Instruction } from './dockerfile.ts';

/** An instruction, with the image that it takes from elsewhere: neither `scratch` nor a stage. */
export interface Step extends Instruction {
  image?: string;
}

/**
 * The instructions to run: up to the end of the stage that is wanted.
 * @param target name or number of that stage; the last one unless told
 * @param buildArgs values for the ARGs above the first FROM
 * @throws {Fault} invalid, where there is no such stage
 */
export function planBuild(
  instructions: Instruction[],
  o: { target?: string | undefined; buildArgs?: Record<string, string> } = {},
): Step[] {
  const chosen = untilTarget(instructions, o.target);
  const values = valuesAbove(chosen, o.buildArgs ?? {});
  const stages = new Set(['scratch']);
  return chosen.map((instruction) => {
    const image = imageOf(instruction, values);
    const isStage = image === undefined || stages.has(image.toLowerCase()) || /^\d+$/.test(image);
    const name = instruction.keyword === 'FROM' ? fromOf(instruction.rest).name : undefined;
    if (name) stages.add(name.toLowerCase());
    return isStage ? instruction : { ...instruction, image };
  });
}

/** The images of a plan by their ids: what a builder is given, whose own names do not matter then. */
export function writeDockerfile(steps: Step[], ids: ReadonlyMap<string, string>, escaping: string): string {
  const lines = steps.map(({ keyword, rest, image }) => {
    const id = image === undefined ? undefined : ids.get(image);
    if (id === undefined) return `${keyword} ${rest}`;
    const named = keyword === 'FROM' ? fromOf(rest).image : (copiedFrom({ keyword, rest }) ?? '');
    return `${keyword} ${rest.replace(named, () => id)}`;
  });
  return `# escape=${escaping}\n${lines.join('\n')}\n`;
}

/** Labels of the command line are one step more, of the last stage. */
export function labelSteps(labels: Record<string, string>): Step[] {
  const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? [] : [{ keyword: 'LABEL', rest: words.join(' '), line: 0 }];
}

function imageOf({ keyword, rest }: Instruction, values: Values): string | undefined {
  if (keyword !== 'FROM') return copiedFrom({ keyword, rest });
  const { image } = fromOf(rest);
  const wanted = substitute(image, values);
  if (wanted === '') throw new Fault('invalid', `base name (${image}) should not be blank`);
  return wanted;
}

type Values = ReadonlyMap<string, string | undefined>;

function untilTarget(instructions: Instruction[], target: string | undefined): Instruction[] {
  if (!target) return instructions;
  const starts = instructions.flatMap(({ keyword }, index) => (keyword === 'FROM' ? [index] : []));
  const named = starts.findIndex(
    (index) => fromOf(instructions[index]?.rest ?? '').name?.toLowerCase() === target.toLowerCase(),
  );
  const stage = named >= 0 ? named : /^\d+$/.test(target) ? Number(target) : starts.length;
  if (stage >= starts.length) {
    throw new Fault('invalid', `target stage ${JSON.stringify(target)} could not be found`);
  }
  return instructions.slice(0, starts[stage + 1]);
}

/** `[--platform=…] image [AS name]` */
function fromOf(rest: string): { image: string; name?: string | undefined } {
  const words = rest.split(/\s+/).filter((word) => !word.startsWith('--'));
  return { image: words[0] ?? '', name: /^as$/i.test(words[1] ?? '') ? words[2] : undefined };
}

/** The flag `--from` of COPY. */
function copiedFrom({ keyword, rest }: Pick<Instruction, 'keyword' | 'rest'>): string | undefined {
  return keyword === 'COPY' ? /^(?:--\S+\s+)*?--from=(\S+)/.exec(rest)?.[1] : undefined;
}

/** Only ARGs above the first FROM can be used in one. */
function valuesAbove(instructions: Instruction[], buildArgs: Record<string, string>): Values {
  const values = new Map<string, string | undefined>();
  for (const { keyword, rest } of instructions) {
    if (keyword === 'FROM') break;
    const [, name = '', text] = /^(\w+)(?:=(.*))?$/s.exec(rest) ?? [];
    const otherwise =
      text === undefined ? undefined : substitute(text.replace(/^(["'])(.*)\1$/s, '$2'), values);
    values.set(name, buildArgs[name] ?? otherwise);
  }
  return values;
}

/** `$NAME`, `${NAME}`, `${NAME:-otherwise}` and `${NAME:+instead}`. */
function substitute(text: string, values: Values): string {
  return text.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})/g,
    (_, plain?: string, braced?: string, operator?: string, word = '') => {
      const value = values.get(plain ?? braced ?? '') ?? '';
      if (operator === '-') return value === '' ? word : value;
      if (operator === '+') return value === '' ? '' : word;
      return value;
    },
  );
}
