/**
 * From the URL as it comes to one that a router of segments can take: the version's prefix is told apart, doubled
 * slashes are one, and the slashes inside an image's name are encoded, so that the name is one segment.
 */
export interface Target {
  /** "1.50", or undefined where the path names none. */
  version: string | undefined;
  path: string;
  /** With the question mark, or ''. */
  query: string;
}

const named = [
  /^(\/images\/)(.+)(\/(?:json|history|get|push|tag))$/,
  /^(\/images\/)(?!(?:json|create|load|get|search|prune)$)(.+)()$/,
  /^(\/distribution\/)(.+)(\/json)$/,
  /^(\/plugins\/)(?!(?:privileges|pull|create)$)(.+?)(\/(?:json|enable|disable|upgrade|push|set))?$/,
];

export function readTarget(url: string): Target {
  const [, before = '/', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(url) ?? [];
  const path = before.replaceAll(/\/{2,}/g, '/');
  const [, version, rest = path] = /^\/v([0-9.]+)(\/.*)$/.exec(path) ?? [];
  return { version, path: asSegments(rest), query };
}

function asSegments(path: string): string {
  for (const pattern of named) {
    const match = pattern.exec(path);
    if (match) return `${match[1]}${match[2]?.replaceAll('/', '%2F')}${match[3] ?? ''}`;
  }
  return path;
}
