import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine.ts';
import type { NetworkRecord } from '../record.ts';
import { timestamp } from '../time.ts';
import { networkIntents } from './find.ts';
import { networkShape } from './options.ts';

/** At boot: bridge, host and none are on record; the kernel gets the bridge with all the other networks afterwards. */
export function recordPredefined(engine: Engine): void {
  const { networks } = engine.store;
  const there = new Set(networks.all().map(({ name }) => name));
  if (!there.has('bridge')) networks.save(standardBridge(engine));
  else followOptions(engine);
  if (!there.has('host')) networks.save(bare('host', 'host'));
  if (!there.has('none')) networks.save(bare('none', 'null'));
}

/** The daemon's options may be others than at its last start; the subnet changes only while nobody has a part of it. */
function followOptions(engine: Engine): void {
  const { networks, containers } = engine.store;
  const record = networks.find(({ name }) => name === 'bridge');
  if (!record?.intent) return;
  const options = standardOptions(engine);
  const [wanted] = bipSubnets(engine);
  const { subnets } = record.intent;
  const same = !wanted || subnets.some(({ gateway }) => gateway === wanted.gateway);
  const used = containers.find(({ endpoints }) => endpoints.some(({ networkId }) => networkId === record.id));
  if (JSON.stringify(options) === JSON.stringify(record.options) && same) return;
  if (same || used) {
    networks.save({ ...record, options, intent: { ...record.intent, ...shapeOf(engine, options) } });
    return;
  }
  engine.network.removeNetwork(record.intent);
  networks.save(standardBridge(engine, record.id));
}

function shapeOf(engine: Engine, options: Record<string, string>) {
  return networkShape('bridge', options, engine.options.bridge);
}

/** `--bip 10.1.0.1/24`: the gateway and its subnet. */
function bipSubnets({ options: { bip } }: Engine): { subnet: string; gateway: string }[] {
  if (bip === undefined) return [];
  const [gateway = '', bits = '24'] = bip.split('/');
  const number = gateway.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = number - (number % 2 ** (32 - Number(bits)));
  const subnet = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
  return [{ subnet: `${subnet}/${bits}`, gateway }];
}

function standardOptions({
  options: { bridge, mtu, icc = true, hostBinding },
}: Engine): Record<string, string> {
  const prefix = 'com.docker.network';
  return {
    [`${prefix}.bridge.default_bridge`]: 'true',
    [`${prefix}.bridge.enable_icc`]: String(icc),
    [`${prefix}.bridge.enable_ip_masquerade`]: 'true',
    [`${prefix}.bridge.host_binding_ipv4`]: hostBinding ?? '0.0.0.0',
    [`${prefix}.bridge.name`]: bridge,
    ...(mtu ? { [`${prefix}.driver.mtu`]: String(mtu) } : {}),
  };
}

function standardBridge(engine: Engine, id?: string): NetworkRecord {
  const options = standardOptions(engine);
  const subnets = engine.network.chooseSubnets(
    { subnets: bipSubnets(engine), ipv4: true, ipv6: false },
    networkIntents(engine).filter(({ isDefault }) => !isDefault),
  );
  const record = { ...bare('bridge', 'bridge'), ...(id && { id }) };
  const own = {
    id: record.id,
    name: 'bridge',
    driver: 'bridge',
    subnets,
    internal: false,
    isDefault: true,
  } as const;
  return { ...record, options, intent: { ...own, subnets, ...shapeOf(engine, options) } };
}

function bare(name: string, driver: NetworkRecord['driver']): NetworkRecord {
  return {
    ...{ id: randomBytes(32).toString('hex'), name, driver, created: timestamp() },
    ipam: { Driver: 'default', Options: null, Config: null },
    ...{ enableIPv4: true, enableIPv6: false, internal: false, attachable: false, options: {}, labels: {} },
  };
}
