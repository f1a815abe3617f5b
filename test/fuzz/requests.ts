/** Requests as no client would send them, as bytes: from the route table and a seed. */
import { type Route, routes } from '@pontoon/api';
import { bodyFor } from './bodies.ts';
import type { Random } from './random.ts';

export interface FuzzRequest {
  /** What the report calls it. */
  title: string;
  bytes: Buffer;
  /** Only so many are sent; then the client goes. */
  cutAt?: number;
}

/** These answer for as long as they are listened to, or wait for something; a build is another program's. */
const endless = new Set([
  ...[
    'SystemEvents',
    'ContainerAttach',
    'ContainerAttachWebsocket',
    'ContainerWait',
    'ContainerStats',
    'ExecStart',
  ],
  ...['Session', 'ImageBuild'],
]);
const asked: readonly Route[] = routes.filter(({ operation }) => !endless.has(operation));

const names = ['target', 'still', 'net', 'vol', 'busybox', 'bridge', 'none', 'no-such-thing', 'made'];
const oddNames = [
  '%2e%2e',
  '..%2f..%2fx',
  '%00',
  '%zz',
  '%',
  'a'.repeat(300),
  '%F0%9F',
  'x%20y',
  '-',
  '__proto__',
  '+',
  '*',
];

const queries = [
  ...[
    'all=1',
    'size=1',
    'limit=-1',
    'limit=x',
    'filters={',
    'filters=[]',
    'filters=%7B%22label%22%3A%5B%22a%22%5D%7D',
  ],
  ...[
    'filters=%7B%22name%22%3A%5B%22(%22%5D%7D',
    'filters=%7B%22x%22%3A%7B%22y%22%3Atrue%7D%7D',
    'filters=null',
  ],
  ...[
    'filters=%7B%22until%22%3A%5B%22x%22%5D%7D',
    'path=..%2f..%2fetc',
    'path=%00',
    'path=',
    'path=/tmp',
    'name=%2f..',
  ],
  ...[
    'name=x',
    'signal=KILL',
    'signal=99',
    'signal=x',
    't=0',
    't=x',
    'h=1&w=1',
    'h=-1&w=99999999999',
    'h=x',
    'tail=-5',
  ],
  ...[
    'stdout=1',
    'since=x',
    'until=1e400',
    'since=-1',
    'timestamps=1',
    'force=1',
    'v=1',
    'noprune=1',
    'repo=A',
    'tag=%2f',
  ],
  ...[
    'repo=',
    'container=target',
    'fromSrc=-',
    'fromImage=127.0.0.1:1/x',
    'term=x',
    'type=x',
    'type=image',
    'ps_args=%24(x)',
  ],
  ...['names=busybox', 'names=..%2fx', 'container=', 'a=b', '=', '&&&', '%', '?', 'x='.padEnd(9000, 'y')],
];

export function requestFrom(random: Random): FuzzRequest {
  if (random.once(6)) return malformed(random);
  const route = random.pick(asked);
  const version = random.once(10)
    ? random.pick(['/v9', '/v', '/v1.50/v1.50'])
    : random.pick(['', '/v1.50', '/v1.41', '/v1.24']);
  const path = route.path.replaceAll(/\{\w+\}/g, () => random.pick(random.once(5) ? oddNames : names));
  const query = Array.from({ length: random.below(4) }, () => random.pick(queries)).join('&');
  const url = `${version}${path}${query === '' ? '' : `?${query}`}`;
  const sends = route.method === 'POST' || route.method === 'PUT';
  const body = sends ? bodyFor(route.operation, random) : '';
  const bytes = message(`${route.method} ${url} HTTP/1.1`, headersFor(body, random), body);
  return {
    title: `${route.method} ${url.slice(0, 200)} ${body.slice(0, 300)}`,
    bytes,
    ...(random.once(10) && { cutAt: random.below(bytes.length) }),
  };
}

function headersFor(body: string, random: Random): string[] {
  const type = random.once(12)
    ? random.pick(['text/plain', '', 'application/json; charset=x', 'x', 'application/x-tar'])
    : 'application/json';
  const length = random.once(25)
    ? random.pick(['0', '-1', 'x', '1', '99999999999', `${Buffer.byteLength(body) + 5}`])
    : `${Buffer.byteLength(body)}`;
  const odd = [
    'X-Registry-Auth: !!!',
    'X-Registry-Auth: e30',
    'Expect: 100-continue',
    'Range: bytes=5-1',
    'Upgrade: tcp',
  ];
  return [
    ...(body === '' && !random.once(10) ? [] : [`Content-Type: ${type}`, `Content-Length: ${length}`]),
    ...(random.once(8) ? [random.pick(odd)] : []),
  ];
}

function message(first: string, headers: string[], body: string): Buffer {
  return Buffer.from([first, 'Host: docker', 'Connection: close', ...headers, '', body].join('\r\n'));
}

/** What is not even HTTP. */
const broken: readonly (() => Buffer)[] = [
  () => Buffer.from('\0\0\0\0\r\n\r\n'),
  () => Buffer.from('GET\r\n\r\n'),
  () => Buffer.from('GET /_ping HTTP/9.9\r\n\r\n'),
  () => Buffer.from('GET /_ping HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'),
  () =>
    Buffer.from('POST /containers/create HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
  () => message('GET /_ping HTTP/1.1', [`X: ${'y'.repeat(70_000)}`], ''),
  () => message(`GET /${'x'.repeat(70_000)} HTTP/1.1`, [], ''),
  () =>
    message(
      'GET /_ping HTTP/1.1',
      Array.from({ length: 3000 }, (_, index) => `X${index}: y`),
      '',
    ),
  () => message('GET http://other/_ping HTTP/1.1', [], ''),
  () => message('OPTIONS * HTTP/1.1', [], ''),
  () => message('BREW /_ping HTTP/1.1', [], ''),
  () => message('GET /containers/%zz/attach/ws HTTP/1.1', ['Connection: Upgrade', 'Upgrade: websocket'], ''),
  () => message('POST /exec/%zz/start HTTP/1.1', ['Connection: Upgrade', 'Upgrade: tcp'], ''),
  () => message('PUT /containers/still/archive?path=/ HTTP/1.1', ['Content-Length: 512'], 'x'.repeat(512)),
  () => message('POST /images/load HTTP/1.1', ['Content-Length: 512'], '\0'.repeat(512)),
];

function malformed(random: Random): FuzzRequest {
  const index = random.below(broken.length);
  const bytes = broken[index]?.() ?? Buffer.alloc(0);
  return { title: `malformed ${index}: ${bytes.toString('latin1').slice(0, 60)}`, bytes };
}
