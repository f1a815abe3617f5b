import { randomBytes } from 'node:crypto';
import type { IpamConfig, NetworkCreateBody, NetworkCreateResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { NetworkIntent } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import type { NetworkRecord } from '../record.ts';
import { timestamp } from '../time.ts';
import { configurationRecord, withConfiguration } from './configuration.ts';
import { networkEvent } from './events.ts';
import { networkIntents, PREDEFINED } from './find.ts';
import { networkShape } from './options.ts';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** POST /networks/create. @throws {Fault} with Docker's texts */
export async function createNetwork(engine: Engine, body: NetworkCreateBody): Promise<NetworkCreateResponse> {
  const record = planNetworkRecord(engine, body);
  engine.store.networks.save(record);
  try {
    if (record.intent) engine.network.createNetwork(record.intent);
  } catch (error) {
    engine.store.networks.remove(record.id);
    throw error;
  }
  networkEvent(engine, record, 'create');
  return { Id: record.id, Warning: '' };
}

/** The network that a request would make, checked; nothing is stored or made. */
export function planNetworkRecord(engine: Engine, sent: NetworkCreateBody): NetworkRecord {
  const driver = readDriver(sent.Driver || 'bridge');
  checkName(engine, sent.Name);
  if (sent.ConfigOnly) return configurationRecord(sent);
  const body = withConfiguration(engine, sent);
  const id = randomBytes(32).toString('hex');
  const enableIPv4 = body.EnableIPv4 ?? true;
  const enableIPv6 = body.EnableIPv6 ?? false;
  const options = body.Options ?? {};
  const config = body.IPAM?.Config ?? [];
  if (driver === 'bridge') refuseMore(config.map(({ Subnet = '' }) => Subnet));
  const subnets = engine.network.chooseSubnets(
    { subnets: config.map(subnetRequest), ipv4: enableIPv4, ipv6: enableIPv6 },
    networkIntents(engine),
  );
  const intent: NetworkIntent = {
    ...{ id, name: body.Name, driver, subnets, internal: body.Internal ?? false, isDefault: false },
    ...networkShape(driver, options, `br-${id.slice(0, 12)}`),
  };
  refuseTakenBridge(engine, intent);
  return {
    ...{ id, name: body.Name, created: timestamp(), driver, intent },
    ipam: { Driver: body.IPAM?.Driver || 'default', Options: body.IPAM?.Options ?? {}, Config: config },
    ...{ enableIPv4, enableIPv6, internal: intent.internal, attachable: body.Attachable ?? false },
    ...{ options, labels: body.Labels ?? {} },
    ...(body.ConfigFrom?.Network && { configFrom: body.ConfigFrom.Network }),
  };
}

function readDriver(driver: string): NetworkIntent['driver'] {
  if (driver === 'bridge' || driver === 'macvlan' || driver === 'ipvlan') return driver;
  if (driver === 'host' || driver === 'null')
    throw new Fault('forbidden', `only one instance of "${driver}" network is allowed`);
  if (driver === 'overlay')
    throw new Fault('unavailable', 'This node is not a swarm manager: overlay networks need a swarm');
  throw new Fault('not-found', `plugin "${driver}" not found`);
}

function checkName(engine: Engine, name: string): void {
  if (PREDEFINED.includes(name) || name === 'default')
    throw new Fault('forbidden', `operation is not permitted on predefined ${name} network`);
  if (!NAME.test(name ?? ''))
    throw new Fault(
      'invalid',
      `invalid network name "${name ?? ''}": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  if (engine.store.networks.find((other) => other.name === name))
    throw new Fault('conflict', `network with name ${name} already exists`);
}

/** As libnetwork's bridge driver: one subnet a family. */
function refuseMore(subnets: string[]): void {
  const sixes = subnets.filter((subnet) => subnet.includes(':')).length;
  if (sixes > 1 || subnets.length - sixes > 1) {
    throw new Fault('forbidden', "bridge driver doesn't support multiple subnets");
  }
}

function refuseTakenBridge(engine: Engine, { bridge }: NetworkIntent): void {
  const other = bridge && networkIntents(engine).find((intent) => intent.bridge === bridge);
  if (!other) return;
  const text = `cannot create network: bridge name ${bridge} conflicts with network ${other.id} (${other.name})`;
  throw new Fault('forbidden', `${text}: networks have same bridge name`);
}

function subnetRequest({ Subnet, Gateway, IPRange, AuxiliaryAddresses }: IpamConfig) {
  return {
    ...(Subnet ? { subnet: Subnet } : {}),
    ...(Gateway ? { gateway: Gateway } : {}),
    ...(IPRange ? { range: IPRange } : {}),
    ...(AuxiliaryAddresses ? { auxiliary: AuxiliaryAddresses } : {}),
  };
}
