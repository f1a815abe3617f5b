import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type Connection, openNetfilter, openRoute } from '@pontoon/netlink';
import { createNamespace, removeNamespace } from '@pontoon/sys';

/** Two network namespaces of a test's own, gone with it. */
export interface Place {
  readonly host: string;
  readonly inside: string;
  readonly route: Connection;
  readonly netfilter: Connection;
  /** A command in the first namespace. */
  run(argv: string[], input?: string): string;
  [Symbol.dispose](): void;
}

export function openPlace(): Place {
  const tag = randomBytes(4).toString('hex');
  const [host, inside] = [`/run/netns/nlh${tag}`, `/run/netns/nli${tag}`];
  createNamespace(host);
  createNamespace(inside);
  const [route, netfilter] = [openRoute(host), openNetfilter(host)];
  return {
    ...{ host, inside, route, netfilter },
    run: (argv, input) =>
      execFileSync('nsenter', [`--net=${host}`, ...argv], { encoding: 'utf8', input, timeout: 10_000 }),
    [Symbol.dispose]() {
      route.close();
      netfilter.close();
      removeNamespace(host);
      removeNamespace(inside);
    },
  };
}
