import { BlockList, isIP } from 'node:net';
import { Fault } from '@pontoon/fault';

/** What the daemon's flags say of registries. */
export interface RegistrySettings {
  /** Hosts (`host`, `host:port`) and networks (CIDR) that may speak plain HTTP, or have a certificate of anybody. */
  insecureRegistries?: string[];
  /** URLs that are asked before Docker Hub. */
  registryMirrors?: string[];
}

/** Where a registry answers. */
export interface Endpoint {
  /** `https://host:port`, no path */
  origin: string;
  /** Any certificate will do. */
  insecure: boolean;
  mirror: boolean;
}

const HUB = 'https://registry-1.docker.io';

/** Where to look for a repository of a domain, in this order: moby, registry/service_v2.go. */
export function endpointsOf(domain: string, settings: RegistrySettings): Endpoint[] {
  if (domain === 'docker.io') {
    const mirrors = (settings.registryMirrors ?? []).map((url) => new URL(url));
    return [
      ...mirrors.map(({ origin, host }) => ({ origin, insecure: isInsecure(host, settings), mirror: true })),
      { origin: HUB, insecure: false, mirror: false },
    ];
  }
  if (!isInsecure(domain, settings)) return [{ origin: `https://${domain}`, insecure: false, mirror: false }];
  return ['https', 'http'].map((scheme) => ({
    origin: `${scheme}://${domain}`,
    insecure: true,
    mirror: false,
  }));
}

/** This machine itself is trusted as it is: 127.0.0.0/8 and ::1. A name counts for a network by its literal only. */
export function isInsecure(host: string, { insecureRegistries = [] }: RegistrySettings): boolean {
  const url = URL.parse(`http://${host}`);
  if (!url) throw new Fault('invalid', `invalid registry address ${JSON.stringify(host)}: want HOST[:PORT]`);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  if (name === 'localhost') return true;
  if (insecureRegistries.includes(host) || insecureRegistries.includes(name)) return true;
  const family = isIP(name);
  if (family === 0) return false;
  const trusted = new BlockList();
  for (const network of ['127.0.0.0/8', '::1/128', ...insecureRegistries]) {
    const [address = '', bits] = network.split('/');
    if (bits !== undefined && isIP(address)) {
      trusted.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
    }
  }
  return trusted.check(name, family === 6 ? 'ipv6' : 'ipv4');
}
