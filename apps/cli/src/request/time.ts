import { Fault } from '@pontoon/fault';
import { parseDuration } from '../flags/values.ts';

/** `42m` ago, an RFC 3339 time or a part of one, or seconds since 1970: as the seconds that the API takes. */
export function timestamp(name: string, given: string, now_ms = Date.now()): string {
  const refusal = `invalid value for "${name}": failed to parse value as time or duration: "${given}"`;
  if (/^\d+(\.\d+)?$/.test(given)) return given;
  if (/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(given)) return seconds(now_ms - parseDuration(given) / 1e6);
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d(?::\d\d){0,2})(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.exec(given);
  if (!parts) throw new Fault('invalid', refusal);
  const [, date, clock = '00', fraction = '', zone = ''] = parts;
  const whole = clock.padEnd(8, ':00');
  const time_ms = Date.parse(`${date}T${whole}${zone}`);
  if (Number.isNaN(time_ms)) throw new Fault('invalid', refusal);
  return `${Math.trunc(time_ms / 1000)}${fraction.padEnd(10, '0').replace(/^0/, '.')}`;
}

const seconds = (time_ms: number): string => (time_ms / 1000).toFixed(9);
