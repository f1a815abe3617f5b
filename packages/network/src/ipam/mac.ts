import { Fault } from '@pontoon/fault';
import { parseAddress } from '../address.ts';

/**
 * The hardware address of an endpoint: 02:42 and the last four bytes of its address, as Docker derives it, so that
 * a container that gets its old address back is found at once in its neighbours' ARP tables.
 */
export function macOf(address: string): string {
  const parsed = parseAddress(address);
  if (!parsed) throw new Fault('internal', `derive a MAC address: "${address}" is no address`);
  const bytes = [24n, 16n, 8n, 0n].map((shift) => Number((parsed.value >> shift) & 255n));
  return ['02', '42', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

/** A MAC address in lower case with colons; Docker's words where it is none, or one of a group. */
export function parseMac(text: string): string {
  const bytes = text.split(/[:-]/);
  if (bytes.length !== 6 || !bytes.every((byte) => /^[0-9a-f]{2}$/i.test(byte)))
    throw new Fault('invalid', `${text} is not a valid mac address`);
  if (Number.parseInt(bytes[0]!, 16) & 1)
    throw new Fault('invalid', `${text} is not a valid mac address: it is a multicast address`);
  return bytes.join(':').toLowerCase();
}
