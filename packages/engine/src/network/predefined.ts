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
  if (!there.has('host')) networks.save(bare('host', 'host'));
  if (!there.has('none')) networks.save(bare('none', 'null'));
}

function standardBridge(engine: Engine): NetworkRecord {
  const { bridge, mtu } = engine.options;
  const prefix = 'com.docker.network';
  const options = {
    [`${prefix}.bridge.default_bridge`]: 'true',
    [`${prefix}.bridge.enable_icc`]: 'true',
    [`${prefix}.bridge.enable_ip_masquerade`]: 'true',
    [`${prefix}.bridge.host_binding_ipv4`]: '0.0.0.0',
    [`${prefix}.bridge.name`]: bridge,
    ...(mtu ? { [`${prefix}.driver.mtu`]: String(mtu) } : {}),
  };
  const subnets = engine.network.chooseSubnets(
    { subnets: [], ipv4: true, ipv6: false },
    networkIntents(engine),
  );
  const record = bare('bridge', 'bridge');
  const own = {
    id: record.id,
    name: 'bridge',
    driver: 'bridge',
    subnets,
    internal: false,
    isDefault: true,
  } as const;
  return { ...record, options, intent: { ...own, subnets, ...networkShape('bridge', options, bridge) } };
}

function bare(name: string, driver: NetworkRecord['driver']): NetworkRecord {
  return {
    ...{ id: randomBytes(32).toString('hex'), name, driver, created: timestamp() },
    ipam: { Driver: 'default', Options: null, Config: null },
    ...{ enableIPv4: true, enableIPv6: false, internal: false, attachable: false, options: {}, labels: {} },
  };
}
