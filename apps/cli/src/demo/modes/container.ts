import { Fault } from '@pontoon/fault';
import { type Check, check } from '../check.ts';
import { withoutCounters } from '../interfaces.ts';
import { fetchPage, type Stage, who } from '../stage.ts';

/** The namespace of another container, as the containers of a Kubernetes pod have it. */
export async function* containerChecks(
  { exec, client }: Stage,
  owner: string,
  joined: string,
): AsyncGenerator<Check> {
  yield check('container', 'A and B print the same eth0', async () => {
    const [a, b] = await Promise.all([exec(owner, 'ifconfig', 'eth0'), exec(joined, 'ifconfig', 'eth0')]);
    const same = a.status === 0 && withoutCounters(a.stdout) === withoutCounters(b.stdout);
    return { held: same, evidence: /inet addr:\S+/.exec(b.stdout)?.[0] ?? b.stderr.trim() };
  });
  yield check('container', 'B fetches from A over localhost', async () => {
    const seen = await fetchPage(() => exec(joined, ...who('127.0.0.1')));
    return { held: seen === '127.0.0.1', evidence: 'B → 127.0.0.1:80 → A' };
  });
  yield check('container', 'a port that A has taken is taken for B', async () => {
    const { status, stderr } = await exec(joined, 'httpd', '-f', '-p', '80');
    return { held: status !== 0 && /in use/i.test(stderr), evidence: stderr.trim() };
  });
  yield check('container', 'options that belong to the owner are refused', async () => {
    const refused = await client
      .call('ContainerCreate', {
        body: {
          ...{ Image: 'busybox', Cmd: ['true'], Hostname: 'other' },
          HostConfig: { NetworkMode: `container:${owner}` },
        },
      })
      .then(
        () => '',
        (error: unknown) => (error instanceof Fault ? error.message : ''),
      );
    return { held: refused !== '', evidence: refused };
  });
}
