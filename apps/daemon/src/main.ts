/** Puts the parts together: settings, the engine, the API's server, and the signals that end it. */
import { closeEngine, openEngine } from '@pontoon/engine';
import { Fault, messageOf } from '@pontoon/fault';
import { listen } from './listen.ts';
import { type Log, openLog } from './log.ts';
import { type Options, readCommand } from './options.ts';
import { release } from './release.ts';
import { operationOf } from './routes/index.ts';
import { createServer } from './server.ts';
import { helpText } from './settings/flags.ts';

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command.kind === 'help') process.stdout.write(helpText());
  else if (command.kind === 'version') process.stdout.write(`pontoon daemon ${release}\n`);
  else await run(command.options);
}

async function run(options: Options): Promise<void> {
  const log = openLog(options.logLevel, (line) => process.stderr.write(line));
  endureWriters(log);
  if (process.getuid?.() !== 0) {
    throw new Fault(
      'forbidden',
      'start the daemon: it makes namespaces, links and mounts, so it must run as root',
    );
  }
  refuseOpenTcp(options);
  for (const name of options.withoutEffect) log('warn', `daemon.json: "${name}" has no effect here`);
  const engine = await openEngine({ ...options, debug: options.logLevel === 'debug', log });
  const server = createServer({ engine, log, operationOf });
  await server.ready();
  const doors: (() => void)[] = [];
  for (const host of options.hosts) {
    doors.push(await listen(server.server, host, options.tls));
    log('info', `API listen on ${host}`);
  }
  log('info', 'pontoon is ready', { version: release, after_ms: Math.round(performance.now()) });
  endOn(['SIGTERM', 'SIGINT'], log, async () => {
    for (const close of doors) close();
    server.server.closeAllConnections();
    await closeEngine(engine);
  });
}

/** Said before anything is touched; `listen` says it again for whoever calls it otherwise. */
function refuseOpenTcp({ hosts, tls }: Options): void {
  const open = hosts.find((host) => !host.startsWith('unix://') && !host.startsWith('/'));
  if (open === undefined || tls) return;
  throw new Fault(
    'invalid',
    `--host ${open}: whoever reaches the API is root, so TCP needs client certificates: --tlscacert, --tlscert, --tlskey`,
  );
}

/** Containers stay: the next daemon picks them up. A second signal does not wait. */
function endOn(signals: NodeJS.Signals[], log: Log, close: () => Promise<void>): void {
  let ending = false;
  for (const signal of signals) {
    process.on(signal, () => {
      if (ending) process.exit(1);
      ending = true;
      log('info', `${signal}: the daemon ends, containers stay`);
      close()
        .catch((error: unknown) => {
          log('error', `close: ${messageOf(error)}`);
          process.exitCode = 1;
        })
        .finally(() => process.exit());
    });
  }
}

/** A log that nobody reads any more, or one request's mistake, must not end the daemon. */
function endureWriters(log: Log): void {
  process.stderr.on('error', () => undefined);
  process.on('SIGHUP', () => undefined);
  process.on('SIGPIPE', () => undefined);
  process.on('unhandledRejection', (error) => {
    log('error', `unhandled: ${messageOf(error)}`, {
      cause: error instanceof Error ? error.stack : undefined,
    });
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`pontoon: ${sentence(error)}\n`);
  process.exit(1);
});

/** One line that says what failed; a full disk is named as such. */
function sentence(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const full =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? ' (no space left: free some, or choose another --data-root)'
      : '';
  return `${messageOf(error)}${full}`;
}
