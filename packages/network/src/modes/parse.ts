import { Fault } from '@pontoon/fault';

export type Mode =
  | { kind: 'bridge' | 'host' | 'none' }
  | { kind: 'container'; container: string }
  | { kind: 'network'; network: string };

/** The one place that reads the text of `--network`, HostConfig.NetworkMode in the API. */
export function parseMode(text: string): Mode {
  switch (text) {
    case '':
    case 'default':
    case 'bridge':
      return { kind: 'bridge' };
    case 'host':
    case 'none':
      return { kind: text };
  }
  if (text !== 'container' && !text.startsWith('container:')) return { kind: 'network', network: text };
  const container = text.slice('container:'.length);
  // moby, api/types/container: `container:` with nothing behind it
  if (container === '')
    throw new Fault('invalid', 'Invalid network mode: invalid container format container:<name|id>');
  return { kind: 'container', container };
}
