import { readFileSync } from 'node:fs';

/** First and last port that the host's kernel gives by itself; Docker takes random ports from there too. */
export function ephemeralRange(): [number, number] {
  try {
    const text = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    const [first = 0, last = 0] = text.trim().split(/\s+/).map(Number);
    if (first > 0 && first <= last && last <= 65535) return [first, last];
  } catch {} // an unreadable /proc: the range of RFC 6335 section 6, as in moby's portallocator
  return [49153, 65535];
}
