/** One line of what load, import, pull and push tell: Docker's JSON progress stream. */
export interface Progress {
  id?: string;
  status?: string;
  stream?: string;
  progress?: string;
  progressDetail?: { current?: number; total?: number };
  aux?: { Tag?: string; Digest?: string; Size?: number; ID?: string };
}

export type OnProgress = (message: Progress) => void;

const BAR = 50;
/** A bar need not move more often. */
const INTERVAL_ms = 100;

/** A status with a bar: moby's pkg/jsonmessage, whose older clients print the text as it comes. */
export function bar(id: string, status: string, current: number, total: number): Progress {
  return { id, status, progressDetail: { current, total }, progress: barText(current, total) };
}

function barText(current: number, total: number): string {
  if (total <= 0) return humanSize(current).padStart(8);
  const filled = Math.min(BAR, Math.floor((current / total) * BAR));
  const box = `[${'='.repeat(filled)}>${' '.repeat(BAR - filled)}]`;
  return `${box} ${humanSize(current).padStart(8)}/${humanSize(Math.max(current, total))}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** go-units' HumanSize: four digits, powers of 1000. */
export function humanSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${Number(value.toPrecision(4))}${UNITS[unit]}`;
}

/** Passes a stream on and tells how much went by, not more often than a person can see. */
export async function* reporting(
  source: AsyncIterable<Uint8Array>,
  o: { id: string; status: string; total: number; onProgress?: OnProgress | undefined },
): AsyncGenerator<Uint8Array> {
  let [current, told] = [0, 0];
  for await (const piece of source) {
    current += piece.length;
    const now = Date.now();
    if (now - told >= INTERVAL_ms || current === o.total) {
      told = now;
      o.onProgress?.(bar(o.id, o.status, current, o.total));
    }
    yield piece;
  }
}
