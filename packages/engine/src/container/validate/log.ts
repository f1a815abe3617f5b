import { Fault } from '@pontoon/fault';

/** What each driver understands: moby, daemon/logger/{jsonfilelog,local}, ValidateLogOpt. */
const OPTIONS: Record<string, string[]> = {
  'json-file': 'max-file max-size compress labels labels-regex env env-regex tag mode max-buffer-size'.split(
    ' ',
  ),
  local: 'max-file max-size compress mode max-buffer-size'.split(' '),
  none: ['mode', 'max-buffer-size'],
};

/**
 * `--log-driver` and `--log-opt`, with Docker's texts.
 * @throws {Fault} invalid
 */
export function validateLog(driver: string, options: Record<string, string>): void {
  const known = OPTIONS[driver];
  if (!known) throw invalid(`error looking up logging plugin ${driver}: plugin "${driver}" not found`);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`unknown log opt '${unknown}' for ${driver} log driver`);
  const { 'max-size': size, 'max-file': files } = options;
  if (size !== undefined && size !== '-1' && !/^\d+(\.\d+)? ?([kmgtp]?i?b?)$/i.test(size)) {
    throw invalid(`failed to initialize logging driver: invalid size: '${size}'`);
  }
  if (files === undefined) return;
  if (!/^[+-]?\d+$/.test(files)) {
    throw invalid(
      `failed to initialize logging driver: strconv.Atoi: parsing ${JSON.stringify(files)}: invalid syntax`,
    );
  }
  if (Number(files) < 1) throw invalid('failed to initialize logging driver: max-file cannot be less than 1');
}

function invalid(message: string): Fault {
  return new Fault('invalid', message);
}
