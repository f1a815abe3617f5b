/** A Dockerfile as its instructions: as much as is to be known before a builder is given it. */
import { Fault } from '@pontoon/fault';

export interface Instruction {
  /** In capitals. */
  keyword: string;
  /** All after the keyword, continued lines joined. */
  rest: string;
  /** Of its first line, from 1. */
  line: number;
}

/** The instructions of the reference for Dockerfiles; MAINTAINER is deprecated and still read. */
const keywords = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

/** @throws {Fault} invalid, with Docker's words */
export function parseDockerfile(text: string): Instruction[] {
  const instructions = [...read(text)];
  if (instructions.length === 0) throw new Fault('invalid', 'file with no instructions');
  for (const { keyword, line } of instructions) {
    if (!keywords.has(keyword)) {
      throw new Fault('invalid', `dockerfile parse error on line ${line}: unknown instruction: ${keyword}`);
    }
  }
  const first = instructions.find(({ keyword }) => keyword !== 'ARG');
  if (first?.keyword !== 'FROM') throw new Fault('invalid', 'no build stage in current context');
  return instructions;
}

/** Comments and empty lines count for nothing, inside a continued instruction too. */
function* read(text: string): Generator<Instruction> {
  const end = escapeOf(text) === '`' ? /`[ \t]*$/ : /\\[ \t]*$/;
  let open: { text: string; line: number } | undefined;
  for (const [index, whole] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(#.*)?$/.test(whole)) continue;
    open ??= { text: '', line: index + 1 };
    open.text += whole.replace(end, '');
    if (end.test(whole)) continue;
    yield instruction(open);
    open = undefined;
  }
  if (open) yield instruction(open);
}

function instruction({ text, line }: { text: string; line: number }): Instruction {
  const [, keyword = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(text) ?? [];
  return { keyword: keyword.toUpperCase(), rest, line };
}

/** The parser directive `# escape=`, which stands above everything else. @returns a backslash unless told */
export function escapeOf(text: string): string {
  for (const line of text.split('\n')) {
    const [, name = '', value] = /^#\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
    if (name.toLowerCase() === 'escape') return value === '`' ? '`' : '\\';
    if (name === '') break;
  }
  return '\\';
}
