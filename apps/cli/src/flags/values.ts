import { Fault } from '@pontoon/fault';

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** The words that Docker's flags take for a truth value. */
export function parseBool(text: string): boolean {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw new Fault('invalid', `strconv.ParseBool: parsing "${text}": invalid syntax`);
}

export function parseInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text))
    throw new Fault('invalid', `strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

export function parseUnsigned(text: string): number {
  if (!/^\d+$/.test(text)) throw new Fault('invalid', `strconv.ParseUint: parsing "${text}": invalid syntax`);
  return Number(text);
}

const UNITS = ['b', 'k', 'm', 'g', 't', 'p'];

/** `512`, `64m`, `1.5GiB`: binary multiples, as all of Docker's sizes of memory are; the answer in bytes. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kKmMgGtTpP])?[iI]?[bB]?$/.exec(text);
  if (!match) throw new Fault('invalid', `invalid size: '${text}'`);
  return Math.trunc(Number(match[1]) * 1024 ** UNITS.indexOf((match[2] ?? 'b').toLowerCase()));
}

/** As parseBytes, and -1 for "no limit". */
export function parseBytesOrUnlimited(text: string): number {
  return text === '-1' ? -1 : parseBytes(text);
}

/** `--cpus 1.5` in billionths of a CPU. */
export function parseCpus(text: string): number {
  if (!/^\d*\.?\d+(\/\d+)?$|^\d+\.$/.test(text))
    throw new Fault('invalid', `failed to parse ${text} as a rational number`);
  const [over = '0', under = '1'] = text.split('/');
  const nano = (Number(over) / Number(under)) * 1e9;
  if (!Number.isInteger(Math.round(nano * 1000) / 1000)) throw new Fault('invalid', 'value is too precise');
  return Math.round(nano);
}

const DURATION_NS: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** `1m30s`, `500ms`: in nanoseconds, the unit of the API's health checks. */
export function parseDuration(text: string): number {
  const wrong = new Fault('invalid', `time: invalid duration "${text}"`);
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) throw wrong;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * (DURATION_NS[unit!] ?? 0), 0);
}
