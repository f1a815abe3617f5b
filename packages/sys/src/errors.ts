import { getSystemErrorMap } from 'node:util';

/** A system call that failed, in the kernel's words: errno(3). */
export class SystemError extends Error {
  /** `EEXIST` */
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;

  /** @param errno as a positive number */
  constructor(syscall: string, errno: number, detail?: string) {
    const [code = `errno ${errno}`, words = 'unknown error'] = getSystemErrorMap().get(-errno) ?? [];
    super(`${syscall}: ${words}${detail ? `: ${detail}` : ''}`);
    this.name = 'SystemError';
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
  }
}
