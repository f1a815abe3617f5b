import { type Check, check } from '../check.ts';
import { LIST_INTERFACES, readInterfaces } from '../interfaces.ts';
import type { Stage } from '../stage.ts';

/** A namespace with its loopback alone; the network is then made by hand. */
export async function* noneChecks({ lab, exec, client }: Stage, id: string): AsyncGenerator<Check> {
  yield check('none', 'lo with 127.0.0.1 is all it has', async () => {
    const interfaces = readInterfaces((await exec(id, ...LIST_INTERFACES)).stdout);
    const all = [...interfaces].map(([name, addresses]) => `${name} ${addresses.join(' ')}`).join(', ');
    return { held: all === 'lo 127.0.0.1/8', evidence: all };
  });
  yield check('none', 'the outside is out of its reach', async () => {
    const { status, stderr } = await exec(id, 'ping', '-c', '1', '-W', '1', lab.addresses.outside);
    return { held: status !== 0, evidence: stderr.trim() };
  });
  yield check('none', '`network attach` joins it to a bridge, by hand', async () => {
    const attachment = await client.call('AttachmentCreate', {
      parameters: { id },
      body: { Bridge: 'demo0', Interface: 'eth1', Address: '192.168.1.1/24' },
    });
    const interfaces = readInterfaces((await exec(id, ...LIST_INTERFACES)).stdout);
    const held = interfaces.get('eth1')?.includes('192.168.1.1/24') ?? false;
    return { held, evidence: `${attachment.Interface} ${attachment.Address} on ${attachment.Bridge}` };
  });
  yield check('none', 'over that bridge it is reached', async () => {
    await lab.host.run(['ip', 'address', 'add', '192.168.1.254/24', 'dev', 'demo0']);
    const { status } = await exec(id, 'ping', '-c', '1', '-W', '2', '192.168.1.254');
    return { held: status === 0, evidence: '192.168.1.1 → 192.168.1.254' };
  });
}
