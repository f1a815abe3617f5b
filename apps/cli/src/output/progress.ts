import type { Writable } from 'node:stream';
import type { ProgressMessage } from '@pontoon/api';
import { Fault } from '@pontoon/fault';

type Screen = Writable & { isTTY?: boolean };

/**
 * Shows what pull, push, load and import tell. On a terminal each layer keeps its line and changes it in place; elsewhere
 * a line is printed where a layer's word changes, without the bars between.
 */
export async function showProgress(
  messages: AsyncIterable<ProgressMessage>,
  to: Screen,
  quiet = false,
): Promise<ProgressMessage['aux'] | undefined> {
  const show = to.isTTY ? inPlace(to) : lineByLine(to);
  let result: ProgressMessage['aux'];
  for await (const message of messages) {
    if (message.error) throw new Fault('internal', message.errorDetail?.message ?? message.error);
    if (message.aux) result = message.aux;
    else if (!quiet) show(message);
  }
  return result;
}

function lineByLine(to: Screen): (message: ProgressMessage) => void {
  const said = new Map<string, string>();
  return (message) => {
    if (message.stream) to.write(message.stream);
    if (message.status === undefined) return;
    const key = message.id ?? '';
    if (key !== '' && (message.progressDetail?.current !== undefined || said.get(key) === message.status))
      return;
    said.set(key, message.status);
    to.write(`${lineOf(message)}\n`);
  };
}

function inPlace(to: Screen): (message: ProgressMessage) => void {
  const rows = new Map<string, number>();
  let height = 0;
  return (message) => {
    if (message.stream) to.write(message.stream);
    if (message.status === undefined) return;
    const row = message.id === undefined ? undefined : rows.get(message.id);
    if (row === undefined) {
      if (message.id !== undefined) rows.set(message.id, height);
      to.write(`${lineOf(message)}\n`);
      height++;
      return;
    }
    const up = height - row;
    to.write(`\x1b[${up}A\r\x1b[K${lineOf(message)}\x1b[${up}B\r`);
  };
}

function lineOf({ id, status, progress }: ProgressMessage): string {
  const head = id === undefined ? '' : `${id}: `;
  return `${head}${status}${progress ? ` ${progress}` : ''}`;
}
