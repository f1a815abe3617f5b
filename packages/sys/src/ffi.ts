import koffi from 'koffi';
import { SystemError } from './errors.ts';

/** The libc calls of this room. All return -1 with errno set on failure: intro(2). */
const libc = koffi.load('libc.so.6');

const calls = {
  epoll_create1: libc.func('int epoll_create1(int flags)'),
  epoll_ctl: libc.func('int epoll_ctl(int epfd, int op, int fd, void *event)'),
  epoll_wait: libc.func('int epoll_wait(int epfd, void *events, int maxevents, int timeout)'),
  eventfd: libc.func('int eventfd(unsigned int initval, int flags)'),
  socket: libc.func('int socket(int domain, int type, int protocol)'),
  connect: libc.func('int connect(int sockfd, void *addr, unsigned int addrlen)'),
  recv: libc.func('long recv(int sockfd, void *buf, size_t len, int flags)'),
  send: libc.func('long send(int sockfd, void *buf, size_t len, int flags)'),
  shutdown: libc.func('int shutdown(int sockfd, int how)'),
  bind: libc.func('int bind(int sockfd, void *addr, unsigned int addrlen)'),
  listen: libc.func('int listen(int sockfd, int backlog)'),
  getsockname: libc.func('int getsockname(int sockfd, void *addr, void *addrlen)'),
  setsockopt: libc.func('int setsockopt(int sockfd, int level, int name, void *value, unsigned int size)'),
  unshare: libc.func('int unshare(int flags)'),
  setns: libc.func('int setns(int fd, int nstype)'),
  flock: libc.func('int flock(int fd, int operation)'),
  mount: libc.func('int mount(str source, str target, str type, unsigned long flags, str data)'),
  umount2: libc.func('int umount2(str target, int flags)'),
  pipe2: libc.func('int pipe2(void *pipefd, int flags)'),
  waitpid: libc.func('int waitpid(int pid, void *wstatus, int options)'),
};

/** posix_spawn(3) and its kin, which return the error's number. */
export const spawning = {
  spawn: libc.func(
    'int posix_spawn(void *pid, str path, void *actions, void *attributes, const char **argv, const char **envp)',
  ),
  actions: libc.func('int posix_spawn_file_actions_init(void *actions)'),
  chdir: libc.func('int posix_spawn_file_actions_addchdir_np(void *actions, str path)'),
  dup2: libc.func('int posix_spawn_file_actions_adddup2(void *actions, int fd, int newfd)'),
  open: libc.func(
    'int posix_spawn_file_actions_addopen(void *actions, int fd, str path, int flags, unsigned int mode)',
  ),
  destroyActions: libc.func('int posix_spawn_file_actions_destroy(void *actions)'),
  attributes: libc.func('int posix_spawnattr_init(void *attributes)'),
  setFlags: libc.func('int posix_spawnattr_setflags(void *attributes, short flags)'),
  setDefaults: libc.func('int posix_spawnattr_setsigdefault(void *attributes, void *signals)'),
};

type Call = keyof typeof calls;

/** The raw call: the result, or minus errno. */
export function attempt(call: Call, ...args: unknown[]): number {
  const result = Number(calls[call](...args));
  return result < 0 ? -koffi.errno() : result;
}

/** @throws {SystemError} */
export function must(call: Call, ...args: unknown[]): number {
  const result = attempt(call, ...args);
  if (result < 0) throw new SystemError(call, -result);
  return result;
}

/**
 * epoll_wait(2) on a thread of libuv's pool, so that the wait holds up nothing here.
 * @param done gets the number of events, or minus errno is lost: -1
 */
export function waitAside(epoll: number, events: Buffer, most: number, done: (count: number) => void): void {
  calls.epoll_wait.async(epoll, events, most, -1, (error: unknown, count: number) =>
    done(error ? -1 : count),
  );
}

/** send(2) on a thread of libuv's pool: for the few requests of netlink that keep the caller waiting. */
export function sendAside(descriptor: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => calls.send.async(descriptor, bytes, bytes.length, 0, () => resolve()));
}
