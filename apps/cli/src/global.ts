import { list, text, toggle } from './flags/flag.ts';

/** Flags before the verb. */
export const globalFlags = {
  host: list('H', 'Engine to talk to: unix:///path/to.sock or tcp://address:port'),
  debug: toggle('D', 'Print the cause of errors'),
  version: toggle('v', 'Print version information and quit'),
  'log-level': text('l', 'Set the logging level ("debug", "info", "warn", "error", "fatal")', {
    shown: '"info"',
  }),
  config: text('', 'Location of client config files', { shown: '"~/.docker"' }),
};
