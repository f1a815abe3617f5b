import { humanSize } from './human.ts';

/** `Deleted Networks:` and their names; nothing where none was removed. */
export function prunedText(title: string, removed: string[] | null | undefined): string {
  return removed?.length ? `${title}:\n${removed.join('\n')}\n\n` : '';
}

export const reclaimedText = (bytes: number): string => `Total reclaimed space: ${humanSize(bytes, 4)}\n`;
