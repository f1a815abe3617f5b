/** Where an engine listens: `unix:///run/pontoon/pontoon.sock` or `tcp://127.0.0.1:2376`. */
import { Fault } from '@pontoon/fault';

export type EngineAddress = { kind: 'unix'; path: string } | { kind: 'tcp'; host: string; port: number };

/** Reads the forms that Docker's clients take; a bare path is a socket. */
export function parseAddress(text: string): EngineAddress {
  if (text.startsWith('unix://')) return { kind: 'unix', path: text.slice('unix://'.length) };
  if (text.startsWith('/')) return { kind: 'unix', path: text };
  const match = /^(?:tcp|http|https):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(text);
  if (!match?.[1]) throw new Fault('invalid', `unable to parse docker host \`${text}\``);
  return { kind: 'tcp', host: match[1].replaceAll(/[[\]]/g, ''), port: Number(match[2] ?? 2375) };
}
