/** How long ago, in the words of Docker's client. */
export function humanDuration(duration_ms: number): string {
  const seconds = Math.trunc(duration_ms / 1000);
  const minutes = Math.trunc(seconds / 60);
  const hours = Math.round(duration_ms / 3_600_000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(hours / 24 / 365)} years`;
}

export const since = (time_ms: number): string => `${humanDuration(Date.now() - time_ms)} ago`;

/** Decimal: `4.27MB`. */
export const humanSize = (bytes: number, digits = 3): string =>
  scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB'], digits);

/** Binary: `7.656GiB`. */
export const humanMemory = (bytes: number): string =>
  scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'], 4);

function scaled(bytes: number, base: number, units: string[], digits: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= base && unit < units.length - 1) {
    size /= base;
    unit++;
  }
  return `${Number(size.toPrecision(digits))}${units[unit]}`;
}

/** The first 12 digits of an id, without its algorithm. */
export const shortId = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12);

export function ellipsis(text: string, length: number): string {
  const letters = [...text];
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join('')}…`;
}

/** `2026-11-29 00:15:02 +0000 UTC`, the form of Go's time.String. */
export function timeText(time_ms: number): string {
  const offset_min = -new Date(time_ms).getTimezoneOffset();
  const local = new Date(time_ms + offset_min * 60_000).toISOString();
  const sign = offset_min < 0 ? '-' : '+';
  const two = (number: number) => String(Math.trunc(number)).padStart(2, '0');
  const zone = `${sign}${two(Math.abs(offset_min) / 60)}${two(Math.abs(offset_min) % 60)}`;
  const name = Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(time_ms);
  const zoneName = name.find((part) => part.type === 'timeZoneName')?.value ?? '';
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${zone} ${zoneName}`;
}
