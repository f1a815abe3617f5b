import { messageOf } from '@pontoon/fault';

/** The exit status for a container or a command in it that could not be started, by the words of the failure. */
export function statusOfStart(error: unknown): 125 | 126 | 127 {
  const message = messageOf(error).toLowerCase();
  if (/executable file not found|no such file or directory|system cannot find the file/.test(message))
    return 127;
  if (/permission denied|is a directory|exec format error/.test(message)) return 126;
  return 125;
}
