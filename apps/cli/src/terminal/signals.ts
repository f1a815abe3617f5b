/** Signals that a user or a service manager may send us. The rest are the kernel's words about ourselves. */
const FORWARDED: NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGCONT',
  'SIGALRM',
];

/** Hands the signals that reach us on to the container; the answer stops it. */
export function forwardSignals(send: (signal: string) => Promise<unknown>): () => void {
  const pass = (signal: NodeJS.Signals) => void send(signal).catch(() => {}); // it may have ended meanwhile
  for (const signal of FORWARDED) process.on(signal, pass);
  return () => {
    for (const signal of FORWARDED) process.off(signal, pass);
  };
}
