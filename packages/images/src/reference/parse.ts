import { Fault } from '@pontoon/fault';

/** A name of an image: github.com/distribution/reference, the grammar in `reference.go`. */
export interface Reference {
  /** `docker.io` where none was given */
  domain: string;
  /** `library/busybox` */
  path: string;
  tag?: string;
  digest?: string;
}

const DEFAULT_DOMAIN = 'docker.io';
const LEGACY_DOMAIN = 'index.docker.io';
const OFFICIAL = 'library/';
const NAME_MAX = 255;

const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(
  `^(?<domain>${DOMAIN})/(?<path>${PATH_PART}(?:/${PATH_PART})*)(?::(?<tag>${TAG}))?(?:@(?<digest>${DIGEST}))?$`,
);
const ID = /^[a-f0-9]{64}$/;

/**
 * Reads a name as people write it: `busybox` is `docker.io/library/busybox`. No tag is added: see `withTag`.
 * @throws {Fault} invalid, in Docker's words
 */
export function parseReference(text: string): Reference {
  if (ID.test(text)) {
    throw new Fault(
      'invalid',
      `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`,
    );
  }
  const { domain, rest } = splitDomain(text);
  const name = rest.split(':')[0] as string;
  if (name !== name.toLowerCase()) {
    throw new Fault('invalid', `invalid reference format: repository name (${name}) must be lowercase`);
  }
  const { path, tag, digest } = REFERENCE.exec(`${domain}/${rest}`)?.groups ?? {};
  if (path === undefined) throw new Fault('invalid', 'invalid reference format');
  if (domain.length + 1 + path.length > NAME_MAX) {
    throw new Fault('invalid', `repository name must not be more than ${NAME_MAX} characters`);
  }
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) throw badDigest(digest);
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** What is before the first slash is a host only if it looks like one. */
function splitDomain(text: string): { domain: string; rest: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(0, slash));
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  if (slash < 0) return { domain: DEFAULT_DOMAIN, rest: OFFICIAL + text };
  const [domain, rest] = isHost ? [first, text.slice(slash + 1)] : [DEFAULT_DOMAIN, text];
  if (domain !== LEGACY_DOMAIN && domain !== DEFAULT_DOMAIN) return { domain, rest };
  return { domain: DEFAULT_DOMAIN, rest: rest.includes('/') ? rest : OFFICIAL + rest };
}

function badDigest(digest: string): Fault {
  const known = digest.startsWith('sha256:');
  return new Fault('invalid', known ? 'invalid checksum digest length' : 'unsupported digest algorithm');
}

/** The same with the tag `latest`, where it has neither tag nor digest. */
export function withTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: 'latest' }
    : reference;
}

/** `docker.io/library/busybox` */
export function repositoryOf(reference: Reference): string {
  return `${reference.domain}/${reference.path}`;
}

/** The whole name, as it is stored: `docker.io/library/busybox:latest`. */
export function canonicalName(reference: Reference): string {
  return repositoryOf(reference) + suffix(reference);
}

/** As short as people write it: `busybox:latest`. */
export function familiarName(reference: Reference): string {
  return familiarRepository(reference) + suffix(reference);
}

/** `busybox` */
export function familiarRepository({ domain, path }: Reference): string {
  if (domain !== DEFAULT_DOMAIN) return `${domain}/${path}`;
  const short = path.startsWith(OFFICIAL) ? path.slice(OFFICIAL.length) : path;
  return short.includes('/') && path.startsWith(OFFICIAL) ? path : short;
}

function suffix({ tag, digest }: Reference): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
}
