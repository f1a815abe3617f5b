/** Why a build failed, in Docker's words where it has them. */
import { Fault } from '@pontoon/fault';

/** A command of the Dockerfile that failed: clients show the message and end with the code. */
export class BuildFault extends Fault {
  /** Exit code. */
  readonly code: number;

  constructor(message: string, code: number) {
    super('internal', message);
    this.code = code;
  }
}

/** @param errors what buildah wrote to standard error */
export function failureOf(errors: string[], status: number): Fault {
  const said = errors.findLast((line) => line.startsWith('Error: ')) ?? errors.at(-1) ?? '';
  const text = said.replace(/^Error: /, '');
  const [, at = '', why = text] = /^(?:error )?building at STEP "(.*?)": (.*)$/s.exec(text) ?? [];
  const code = /exit status (\d+)$/.exec(why)?.[1];
  if (at.startsWith('RUN ') && code !== undefined) {
    const command = commandOf(at.slice('RUN '.length));
    return new BuildFault(`The command '${command}' returned a non-zero code: ${code}`, Number(code));
  }
  const missing = /^(?:checking on sources under ".*": )?copier: stat: "(.*?)": no such file/.exec(why)?.[1];
  if (missing !== undefined) {
    const verb = at.split(' ')[0];
    return new BuildFault(
      `${verb} failed: file not found in build context or excluded by .dockerignore: stat ${missing.replace(/^\//, '')}: file does not exist`,
      1,
    );
  }
  return new BuildFault(why || `buildah ended with status ${status}`, 1);
}

/** `["a","b"]` is a command as it is, anything else one of the shell. */
function commandOf(text: string): string {
  try {
    const argv: unknown = JSON.parse(text);
    if (Array.isArray(argv)) return argv.join(' ');
  } catch {} // no JSON: a line of the shell
  return `/bin/sh -c ${text}`;
}
