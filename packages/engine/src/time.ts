let last_ns = 0n;

/**
 * Now, in nanoseconds since 1970. The clock tells milliseconds; within one the order of calls is kept, since clients
 * sort by it and ask for what came after.
 */
export function now_ns(): bigint {
  const clock_ns = BigInt(Date.now()) * 1_000_000n;
  last_ns = clock_ns > last_ns ? clock_ns : last_ns + 1n;
  return last_ns;
}

/** RFC 3339 with nanoseconds, as Go prints it: without trailing zeros. */
export function timestamp(at_ns: bigint = now_ns()): string {
  const seconds = new Date(Number(at_ns / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = String(at_ns % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

/** Of RFC 3339, or of Unix seconds with a fraction ("1700000000.5"); undefined where it is neither. */
export function parseTime(text: string): bigint | undefined {
  const [, seconds, fraction = ''] = /^(-?\d+)(?:\.(\d{1,9})\d*)?$/.exec(text) ?? [];
  if (seconds !== undefined) return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return undefined;
  const at_ms = Date.parse(`${match[1]}${match[3]}`);
  if (Number.isNaN(at_ms)) return undefined;
  return BigInt(at_ms) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
}
