import { type Check, check } from '../check.ts';
import { LIST_INTERFACES, readInterfaces } from '../interfaces.ts';
import { fetchPage, type Stage, serveOn, who } from '../stage.ts';

const inside = (address: string): boolean => address.startsWith('172.');

/** Own namespace, a veth pair into the bridge, NAT to the outside, published ports from it. */
export async function* bridgeChecks(stage: Stage, web: string, neighbour: string): AsyncGenerator<Check> {
  const { lab, exec } = stage;
  const address = (await addressOf(stage, web)).split('/')[0]!;
  yield check('bridge', "eth0 has an address of its own in the bridge's subnet", async () => {
    const whole = await addressOf(stage, web);
    const [gateway] = await bridgeAddress(stage);
    return {
      held: whole !== '' && whole !== '198.51.100.2/24' && sameSubnet(whole, gateway!),
      evidence: whole,
    };
  });
  yield check('bridge', 'the default gateway is the bridge', async () => {
    const { stdout } = await exec(web, 'ip', 'route');
    const gateway = /default via (\S+)/.exec(stdout)?.[1] ?? 'none';
    return {
      held: (await bridgeAddress(stage)).some((each) => each.startsWith(`${gateway}/`)),
      evidence: gateway,
    };
  });
  yield check('bridge', 'a neighbour reaches it, with its own address', async () => {
    const seen = await fetchPage(() => exec(neighbour, ...who(address)));
    const own = (await addressOf(stage, neighbour)).split('/')[0];
    return { held: seen === own, evidence: `${own} → ${address}` };
  });
  yield check('bridge', 'it reaches the host', async () => {
    const { status } = await exec(web, 'ping', '-c', '1', '-W', '2', lab.addresses.host);
    return { held: status === 0, evidence: `${address} → ${lab.addresses.host}` };
  });
  yield check('bridge', 'it reaches the outside, which sees the host (NAT)', async () => {
    await serveOn(lab.outside, lab.directory);
    const seen = await fetchPage(() => exec(web, ...who(lab.addresses.outside)));
    return { held: seen === lab.addresses.host, evidence: `${address} seen as ${seen}` };
  });
  yield check('bridge', "the outside fetches a published port, the client's address is kept", async () => {
    const seen = await fetchPage(() => lab.outside.attempt(who(lab.addresses.host, 8080)));
    return { held: seen === lab.addresses.outside, evidence: `${lab.addresses.host}:8080, from ${seen}` };
  });
  yield check('bridge', 'the host fetches it on localhost', async () => {
    const seen = await fetchPage(() => lab.host.attempt(who('127.0.0.1', 8080)));
    return { held: inside(seen) || seen === '127.0.0.1', evidence: `127.0.0.1:8080` };
  });
  yield check('bridge', 'a route past the published port leads the outside nowhere', async () => {
    await lab.outside.attempt(['ip', 'route', 'replace', `${address}/32`, 'via', lab.addresses.host]);
    const { status } = await lab.outside.attempt(who(address), { timeout_ms: 1500 });
    return { held: status !== 0, evidence: `${address}:80 ${status === 0 ? 'reached' : 'not reached'}` };
  });
}

async function addressOf({ exec }: Stage, id: string): Promise<string> {
  const { stdout } = await exec(id, ...LIST_INTERFACES);
  return readInterfaces(stdout).get('eth0')?.[0] ?? '';
}

/** Of the bridge on the host. */
async function bridgeAddress({ lab }: Stage): Promise<string[]> {
  const interfaces = readInterfaces(await lab.host.run(['busybox', ...LIST_INTERFACES]));
  const bridge = [...interfaces.keys()].find((name) => /^(pontoon|docker)0$/.test(name));
  return interfaces.get(bridge ?? '') ?? [];
}

function sameSubnet(left: string, right: string): boolean {
  const network = (cidr: string) => {
    const [address = '', length = '0'] = cidr.split('/');
    const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    return Math.floor(number / 2 ** (32 - Number(length)));
  };
  return network(left) === network(right);
}
