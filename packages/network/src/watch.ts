import { messageOf } from '@pontoon/fault';
import { subscribe } from '@pontoon/netlink';
import type { Log } from './host-network.ts';

/** Long enough for a burst of changes (ours among them) to be looked at once, well below the second that is promised. */
const CALM_ms = 300;

/**
 * Calls `compare` soon after links, addresses, routes or rules of the host changed, by whomever.
 * @returns ends the watch
 */
export function watchKernel(compare: () => void, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    timer = undefined;
    try {
      compare();
    } catch (error) {
      log('error', `compare the network with the kernel: ${messageOf(error)}`);
    }
  };
  const changed = () => {
    timer ??= setTimeout(look, CALM_ms);
  };
  const subscription = subscribe(['link', 'address4', 'address6', 'route4', 'route6', 'nftables'], changed);
  return () => {
    clearTimeout(timer);
    subscription.close();
  };
}
