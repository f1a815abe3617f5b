import { Fault } from '@pontoon/fault';

/** A container or an exec session that could not be started; `exitCode` is what Docker's clients answer with. */
export class StartFault extends Fault {
  readonly exitCode: 126 | 127 | 128;

  constructor(message: string, exitCode: 126 | 127 | 128, cause: unknown) {
    super(exitCode === 128 ? 'internal' : 'invalid', message, { cause });
    this.name = 'StartFault';
    this.exitCode = exitCode;
  }
}

interface Wording {
  pattern: RegExp;
  exitCode: 126 | 127 | 128;
  text(command: string, match: RegExpExecArray): string;
}

/**
 * What crun and runc say, put in the words that Docker's users and clients look for. Where crun names the errno only,
 * the command from the spec stands in. Exit codes: "Exit status" in docker-run(1).
 */
const WORDINGS: Wording[] = [
  {
    pattern: /executable file [`"](\/[^`"]*|\.[^`"]*)[`"] not found|stat (\/\S+): no such file/,
    exitCode: 127,
    text: (command) => `exec: "${command}": stat ${command}: no such file or directory`,
  },
  {
    pattern: /executable file .*not found/,
    exitCode: 127,
    text: (command) => `exec: "${command}": executable file not found in $PATH`,
  },
  {
    pattern: /is a directory|open executable: (?:Is a directory|Operation not permitted)/i,
    exitCode: 126,
    text: (command) => `exec: "${command}": is a directory: permission denied`,
  },
  {
    pattern: /open executable: Permission denied|exec: ".*": permission denied/i,
    exitCode: 126,
    text: (command) => `exec: "${command}": permission denied`,
  },
  {
    pattern:
      /chdir (?:to )?[`"]?([^`":]+?)[`"]?: (.+)|chdir to cwd \("(.+)"\) set in config.json failed: (.+)/i,
    exitCode: 126,
    text: (_, match) => {
      const [, directory = match[3], why = match[4] ?? ''] = match;
      return `chdir to cwd ("${directory}") set in config.json failed: ${why.toLowerCase()}`;
    },
  },
  { pattern: /exec format error/i, exitCode: 126, text: (command) => `exec ${command}: exec format error` },
];

/** @param words what the runtime wrote on its stderr */
export function startFault(
  verb: 'create' | 'exec',
  command: string,
  words: string,
  runtime: string,
): StartFault {
  const said = plainWords(words);
  const { text, exitCode } = reword(command, said);
  const start = `unable to start container process: ${text}: unknown`;
  const whole =
    verb === 'exec'
      ? `OCI runtime exec failed: exec failed: ${start}`
      : `failed to create task for container: failed to create shim task: OCI runtime create failed: ${runtime} create failed: ${start}`;
  return new StartFault(whole, exitCode, new Error(said));
}

function reword(command: string, said: string): { text: string; exitCode: 126 | 127 | 128 } {
  for (const { pattern, exitCode, text } of WORDINGS) {
    const match = pattern.exec(said);
    if (match) return { text: text(command, match), exitCode };
  }
  return { text: said || 'the runtime gave no reason', exitCode: 128 };
}

/** runc logs (`level=error msg="…"`), crun speaks plainly but may prefix the time; the last line is the error. */
function plainWords(words: string): string {
  const line = words.trim().split('\n').at(-1) ?? '';
  const message = /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  if (message !== undefined) return message.replace(/\\(.)/g, '$1');
  return line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z:? /, '');
}
