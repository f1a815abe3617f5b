import { HostNetwork } from '@pontoon/network';
import { endpointIntent, idOf, networkIntent } from './network-place.ts';

const runRoot = process.argv[2]!;
const t = (label: string, f: () => unknown) => {
  const s = performance.now();
  const r = f();
  console.log(
    label,
    (performance.now() - s).toFixed(2),
    'ms',
    r === undefined ? '' : JSON.stringify(r).slice(0, 600),
  );
  return r;
};
const n = await HostNetwork.open({
  runRoot,
  bridge: 'pontoon0',
  pools: [],
  log: (l, x) => console.log('LOG', l, x),
  owner: 'me',
});
console.log(JSON.stringify(n.chooseSubnets({ subnets: [], ipv4: true, ipv6: true }, [])));
const net = networkIntent('bridge', {
  bridge: 'pontoon0',
  isDefault: true,
  subnets: n.chooseSubnets({ subnets: [], ipv4: true, ipv6: false }, []),
});
t('create', () => n.createNetwork(net));
const sandboxes = [];
const times = [];
for (let i = 0; i < 10; i++) {
  const a = n.assignAddress(net, 4);
  const s = { containerId: idOf('c' + i), path: `${runRoot}/netns/${idOf('c' + i)}` };
  const ports =
    i === 0
      ? n.choosePorts(
          [
            { protocol: 'tcp', containerPort: 80, hostPort: 8080 },
            {
              protocol: 'tcp',
              containerPort: 20000,
              containerPortEnd: 20999,
              hostPort: 20000,
              hostPortEnd: 20999,
            },
            { protocol: 'udp', containerPort: 53, hostAddress: '127.0.0.1' },
          ],
          net,
        )
      : [];
  const e = endpointIntent(net, 'c' + i, a, { ports });
  const st = performance.now();
  n.startSandbox(s, [{ network: net, endpoint: e }]);
  times.push((performance.now() - st).toFixed(2));
  sandboxes.push({ s, e });
}
console.log(times.join(' '));
t('check', () => n.check());
t('stats', () => n.statistics(sandboxes[0]!.s));
if (process.argv[3] === 'hold') await new Promise((r) => setTimeout(r, 1e6));
for (const { s, e } of sandboxes) t('stop', () => n.stopSandbox(s, [{ network: net, endpoint: e }]));
t('check', () => n.check());
t('remove', () => n.removeNetwork(net));
n.close();
