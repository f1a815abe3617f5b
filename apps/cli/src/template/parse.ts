import { Fault } from '@pontoon/fault';
import { type Piece, splitTemplate } from './tokens.ts';

/** What an operand can be; `path` is the fields taken from it. */
export type Operand =
  | { kind: 'literal'; value: unknown }
  | { kind: 'dot'; path: string[] }
  | { kind: 'variable'; name: string; path: string[] }
  | { kind: 'function'; name: string }
  | { kind: 'pipeline'; pipeline: Pipeline; path: string[] };

export interface Pipeline {
  /** Variables that `:=` or `=` sets: one, or key and value of a range. */
  sets: string[];
  commands: Operand[][];
}

export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'print'; pipeline: Pipeline }
  | { kind: 'if' | 'with' | 'range'; pipeline: Pipeline; body: Node[]; otherwise: Node[] };

/** A Go template (text/template) as a tree: fields, variables, pipelines, if, with, range and functions. */
export function parseTemplate(template: string): Node[] {
  const pieces = splitTemplate(template);
  const nodes = readNodes(pieces);
  if (pieces.length > 0) throw new Fault('invalid', `unexpected {{${wordsOf(pieces[0]!).join(' ')}}}`);
  return nodes;
}

const wordsOf = (piece: Piece): string[] => (piece.kind === 'action' ? piece.words : []);

/** Takes pieces from the front, up to an `else` or `end` of someone above. */
function readNodes(pieces: Piece[]): Node[] {
  const nodes: Node[] = [];
  for (;;) {
    const piece = pieces[0];
    if (!piece || ['else', 'end'].includes(wordsOf(piece)[0] ?? '')) return nodes;
    pieces.shift();
    nodes.push(piece.kind === 'text' ? piece : readAction(piece.words, pieces));
  }
}

function readAction(words: string[], pieces: Piece[]): Node {
  const [first = '', ...rest] = words;
  if (first === 'if' || first === 'with' || first === 'range') return readBlock(first, rest, pieces);
  return { kind: 'print', pipeline: readPipeline(words) };
}

function readBlock(kind: 'if' | 'with' | 'range', words: string[], pieces: Piece[]): Node {
  const body = readNodes(pieces);
  const next = wordsOf(pieces.shift() ?? { kind: 'text', text: '' });
  if (next[0] === undefined) throw new Fault('invalid', 'unexpected EOF');
  const pipeline = readPipeline(words);
  if (next[0] === 'end') return { kind, pipeline, body, otherwise: [] };
  const chained = next[1];
  if (chained === 'if' || chained === 'with')
    return { kind, pipeline, body, otherwise: [readBlock(chained, next.slice(2), pieces)] };
  const otherwise = readNodes(pieces);
  if (wordsOf(pieces.shift() ?? { kind: 'text', text: '' })[0] !== 'end')
    throw new Fault('invalid', 'unexpected EOF');
  return { kind, pipeline, body, otherwise };
}

function readPipeline(words: string[]): Pipeline {
  const assignment = words.findIndex((word) => word === ':=' || word === '=');
  const sets = assignment < 0 ? [] : words.slice(0, assignment).filter((word) => word !== ',');
  const rest = words.slice(assignment + 1);
  const commands = readCommands(rest);
  if (rest.length > 0) throw new Fault('invalid', `unexpected "${rest[0]}" in command`);
  return { sets, commands };
}

/** Takes words from the front, up to a closing parenthesis. */
function readCommands(words: string[]): Operand[][] {
  const commands: Operand[][] = [[]];
  while (words.length > 0 && !words[0]!.startsWith(')')) {
    const word = words.shift()!;
    if (word === '|') commands.push([]);
    else commands.at(-1)!.push(readOperand(word, words));
  }
  if (commands.some((command) => command.length === 0))
    throw new Fault('invalid', 'missing value for command');
  return commands;
}

function readOperand(word: string, words: string[]): Operand {
  if (word === '(') {
    const commands = readCommands(words);
    if (words.shift() === undefined) throw new Fault('invalid', 'unclosed left paren');
    const path = words[0]?.startsWith(').') ? pathOf(words.shift()!.slice(1)) : [];
    return { kind: 'pipeline', pipeline: { sets: [], commands }, path };
  }
  if (word.startsWith('.')) return { kind: 'dot', path: pathOf(word) };
  if (word.startsWith('$')) {
    const [name = '$', ...path] = word.split('.');
    return { kind: 'variable', name, path };
  }
  if (/^["`']/.test(word)) return { kind: 'literal', value: unquote(word) };
  if (/^[+-]?\d/.test(word)) return { kind: 'literal', value: Number(word) };
  if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true' };
  if (word === 'nil') return { kind: 'literal', value: null };
  return { kind: 'function', name: word };
}

const pathOf = (word: string): string[] => word.split('.').filter((part) => part !== '');

function unquote(word: string): string {
  if (word.startsWith('`')) return word.slice(1, -1);
  const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
  return word.slice(1, -1).replaceAll(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);
}
