import { posix } from 'node:path';
import { Fault } from '@pontoon/fault';

/** `-v source:/destination[:mode]`, read. */
export interface BindText {
  /** A path of the host, a volume's name, or '' for an anonymous volume. */
  source: string;
  destination: string;
  mode: string;
  writable: boolean;
  propagation: string;
  /** Don't fill a new volume from the image. */
  noCopy: boolean;
}

export const PROPAGATIONS = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
/** Of no effect here (SELinux, consistency of Docker Desktop), accepted as Docker accepts them. */
const IGNORED = ['z', 'Z', 'consistent', 'cached', 'delegated'];

/**
 * Docker's rules for `Binds` (moby, volume/mounts/linux_parser.go).
 * @throws {Fault} invalid
 */
export function parseBind(text: string): BindText {
  const parts = text.split(':');
  const refuse = (why?: string) => new Fault('invalid', why ?? `invalid volume specification: '${text}'`);
  if (parts.length < 1 || parts.length > 3 || parts.some((part) => part === '')) throw refuse();
  const [source, destination, mode] = sorted(parts);
  const config = `invalid mount config for type "${source.startsWith('/') ? 'bind' : 'volume'}"`;
  const words = mode === '' ? [] : mode.split(',');
  if (!isValidMode(words)) throw refuse(`invalid mode: ${mode}`);
  if (!destination.startsWith('/')) {
    throw refuse(
      `invalid volume specification: '${text}': ${config}: invalid mount path: '${destination}' mount path must be absolute`,
    );
  }
  const clean = cleanPath(destination);
  if (clean === '/') {
    throw refuse(
      `invalid volume specification: '${text}': ${config}: invalid specification: destination can't be '/'`,
    );
  }
  const propagation = words.find((word) => PROPAGATIONS.includes(word)) ?? '';
  if (propagation !== '' && !source.startsWith('/')) throw refuse(`invalid mode: ${mode}`);
  return {
    source: source.startsWith('/') ? cleanPath(source) : source,
    destination: clean,
    mode,
    writable: !words.includes('ro'),
    propagation,
    noCopy: words.includes('nocopy'),
  };
}

/** One part is a destination; of two the second may be a mode: `/data:ro`. */
function sorted(parts: string[]): [string, string, string] {
  const [first = '', second, third] = parts;
  if (second === undefined) return ['', first, ''];
  if (third === undefined && !second.startsWith('/') && isValidMode(second.split(',')))
    return ['', first, second];
  return [first, second, third ?? ''];
}

function isValidMode(words: string[]): boolean {
  const access = words.filter((word) => word === 'ro' || word === 'rw');
  const propagation = words.filter((word) => PROPAGATIONS.includes(word));
  const rest = words.filter((word) => word === 'nocopy' || word === 'copy' || IGNORED.includes(word));
  const known = access.length + propagation.length + rest.length === words.length;
  return known && access.length <= 1 && propagation.length <= 1 && new Set(words).size === words.length;
}

/** Without `.`, `..`, doubled and trailing slashes. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/+$/, '') : normal;
}
