import { Fault } from '@pontoon/fault';

/** A piece of a template: text as it is, or the words of one action. */
export type Piece = { kind: 'text'; text: string } | { kind: 'action'; words: string[] };

const WORD =
  /\s+|"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)'|:=|[|(),=]|\$?(?:\.?[A-Za-z_][\w]*)(?:\.[A-Za-z_]\w*)*|\$|\.(?![\w])|[+-]?\d+(?:\.\d+)?/y;

/** Splits a Go template into text and actions; `{{-` and `-}}` eat the white space beside them. */
export function splitTemplate(template: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = template;
  let trimNext = false;
  for (;;) {
    const open = rest.indexOf('{{');
    const text = open < 0 ? rest : rest.slice(0, open);
    const trimsBefore = open >= 0 && /^\{\{- /.test(rest.slice(open));
    const trimmed = trimNext ? text.trimStart() : text;
    const kept = trimsBefore ? trimmed.trimEnd() : trimmed;
    if (kept !== '') pieces.push({ kind: 'text', text: kept });
    if (open < 0) return pieces;
    const close = rest.indexOf('}}', open);
    if (close < 0) throw new Fault('invalid', 'unclosed action');
    const inside = rest.slice(open + 2, close).replace(/^-(?= )/, '');
    trimNext = / -$/.test(inside);
    pushAction(pieces, inside.replace(/ -$/, ''));
    rest = rest.slice(close + 2);
  }
}

function pushAction(pieces: Piece[], inside: string): void {
  if (/^\s*\/\*[\s\S]*\*\/\s*$/.test(inside)) return;
  pieces.push({ kind: 'action', words: splitWords(inside) });
}

function splitWords(action: string): string[] {
  const words: string[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < action.length) {
    const at = WORD.lastIndex;
    const match = WORD.exec(action);
    if (!match) throw new Fault('invalid', `unexpected "${action[at]}" in operand`);
    // A field straight behind a parenthesis belongs to it: (index .Ports "80/tcp").HostPort
    if (match[0].trim() !== '')
      words.push(action[at - 1] === ')' && match[0].startsWith('.') ? `)${match[0]}` : match[0]);
  }
  return words;
}
