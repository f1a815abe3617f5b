import { isIPv6 } from 'node:net';
import { address } from '../address.ts';

/**
 * What one container may know: asked at every query, so that an answer changes the moment a container comes or goes.
 * Names are given in lower case and without the final dot.
 */
export interface View {
  /** Addresses of both families; undefined where no container of the asker's networks has that name. */
  addressesOf(name: string): string[] | undefined;
  /** "larch.grove" for an address on the asker's networks. */
  nameOf(address: string): string | undefined;
  /** Another number whenever what the two above say may have changed. */
  version(): number;
  /** Name servers for all other questions, the best first. */
  servers(): string[];
  /** May anything be asked outside? Not on internal networks. */
  forwards(): boolean;
  /** The servers are those of `--dns`: reached as the container itself would, not as the host. */
  readonly inside: boolean;
  /** The one zone that it knows: what is outside of it is refused, so that the asker turns to another server. */
  readonly zone?: string;
}

/** The address that a name of in-addr.arpa (RFC 1035, section 3.5) or ip6.arpa (RFC 3596, section 2.5) stands for. */
export function addressOfPointer(name: string): string | undefined {
  const labels = name.toLowerCase().split('.');
  const digits = labels.slice(0, -2).reverse();
  if (labels.at(-1) !== 'arpa') return undefined;
  if (labels.at(-2) === 'in-addr' && digits.length === 4) return digits.join('.');
  if (labels.at(-2) !== 'ip6' || digits.length !== 32) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) => digits.slice(index * 4, index * 4 + 4).join(''));
  const whole = groups.join(':');
  return isIPv6(whole) ? canonical(whole) : undefined;
}

/** RFC 5952, by the URL parser. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** The name that leads back from an address. */
export function pointerOf(text: string): string {
  const { family, value } = address(text);
  if (family === 4) return `${text.split('.').reverse().join('.')}.in-addr.arpa`;
  const digits = value.toString(16).padStart(32, '0');
  return `${[...digits].reverse().join('.')}.ip6.arpa`;
}
