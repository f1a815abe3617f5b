import { type Check, check } from '../check.ts';
import { withoutCounters } from '../interfaces.ts';
import { fetchPage, type Stage, who } from '../stage.ts';

/** The host's own namespace. */
export async function* hostChecks({ lab, exec, client }: Stage, id: string): AsyncGenerator<Check> {
  yield check('host', "ifconfig prints the host's interfaces, to the letter", async () => {
    const within = withoutCounters((await exec(id, 'ifconfig')).stdout);
    const without = withoutCounters(await lab.host.run(['busybox', 'ifconfig']));
    const names = without.match(/^\S+/gm) ?? [];
    return { held: within === without && names.length > 0, evidence: names.join(' ') };
  });
  yield check('host', "a service listens on the host's port, with nothing mapped", async () => {
    const seen = await fetchPage(() => lab.outside.attempt(who(lab.addresses.host, 9090)));
    return { held: seen === lab.addresses.outside, evidence: `${lab.addresses.host}:9090, from ${seen}` };
  });
  yield check('host', '-p beside it is answered with a warning', async () => {
    const { Id, Warnings } = await client.call('ContainerCreate', {
      body: {
        ...{ Image: 'busybox', Cmd: ['true'], ExposedPorts: { '80/tcp': {} } },
        HostConfig: { NetworkMode: 'host', PortBindings: { '80/tcp': [{ HostPort: '8081' }] } },
      },
    });
    // Docker warns at the start of the container, in its log, and tells no client; here the client is told.
    await client.call('ContainerDelete', { parameters: { id: Id } });
    return { held: Warnings.length > 0, evidence: Warnings[0] ?? 'no warning' };
  });
}
