import type { Sandbox } from '../intent.ts';
import type { Plan } from '../plan.ts';

/** `--network=none`: a namespace of its own in which only the loopback is up. Every other mode with one starts here. */
export function none(sandbox: Sandbox, ipv6 = false): Plan {
  return [
    { kind: 'namespace', path: sandbox.path, ipv6 },
    { kind: 'up', where: sandbox.path, link: 'lo' },
  ];
}
