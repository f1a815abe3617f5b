/** Values of flags, from text. Each refuses by the flag’s name. */
import { isIP, isIPv4 } from 'node:net';
import type { RuntimeKind } from '@pontoon/engine';
import { Fault } from '@pontoon/fault';
import { type Level, levels } from '../log.ts';

export function readPool(text: string): { base: string; size: number } {
  const parts = Object.fromEntries(text.split(',').map((part) => part.split('=', 2)));
  const size = Number(parts.size);
  if (!parts.base || !Number.isInteger(size)) {
    throw new Fault('invalid', `--default-address-pool "${text}": want base=10.10.0.0/16,size=24`);
  }
  return { base: parts.base, size };
}

export function readMtu(text: string | undefined): number | undefined {
  if (text === undefined || text === '0') return undefined;
  const mtu = Number(text);
  if (!Number.isInteger(mtu) || mtu < 68 || mtu > 65535)
    throw new Fault('invalid', `--mtu "${text}": want 68 to 65535`);
  return mtu;
}

export function readTruth(flag: string, text: string): boolean {
  if (['1', 't', 'true'].includes(text.toLowerCase())) return true;
  if (['0', 'f', 'false'].includes(text.toLowerCase())) return false;
  throw new Fault('invalid', `--${flag} "${text}": want true or false`);
}

export function readBip(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const [address = '', bits = ''] = text.split('/');
  if (isIPv4(address) && /^\d+$/.test(bits) && Number(bits) >= 1 && Number(bits) <= 30) return text;
  throw new Fault('invalid', `--bip "${text}": want an address with its prefix, 10.1.0.1/24`);
}

export function readAddress(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (isIPv4(text)) return text;
  throw new Fault('invalid', `--ip "${text}": want an IPv4 address`);
}

export function readPair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Fault('invalid', `--log-opt "${text}": want NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** "127.0.0.54:53", "[::1]:5353", or an address alone for port 53. */
export function readPlace(text: string | undefined): { address: string; port: number } | undefined {
  if (text === undefined || text === '') return undefined;
  const [, six, four, digits] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = six ?? four ?? text;
  const port = Number(digits ?? 53);
  if (!isIP(address) || port < 1 || port > 65535)
    throw new Fault('invalid', `--dns-listen "${text}": want an address and a port, 127.0.0.54:53`);
  return { address, port };
}

export function readRuntime(text: string | undefined): RuntimeKind | undefined {
  if (text === undefined || text === 'crun' || text === 'runc') return text;
  throw new Fault('invalid', `--default-runtime "${text}": want crun or runc`);
}

export function readLevel(text: string): Level {
  const level = levels.find((known) => known === text);
  if (!level) throw new Fault('invalid', `--log-level "${text}": want one of ${levels.join(', ')}`);
  return level;
}

export function readTls(
  ...paths: (string | undefined)[]
): { ca: string; cert: string; key: string } | undefined {
  const [ca, cert, key] = paths;
  if (!ca && !cert && !key) return undefined;
  if (!ca || !cert || !key)
    throw new Fault('invalid', 'TLS needs all of --tlscacert, --tlscert and --tlskey');
  return { ca, cert, key };
}
