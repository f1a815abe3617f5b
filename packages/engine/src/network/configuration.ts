/** Configuration-only networks: settings on record that other networks are made from (moby, libnetwork/network.go). */
import { randomBytes } from 'node:crypto';
import type { NetworkCreateBody } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import type { NetworkRecord } from '../record.ts';
import { timestamp } from '../time.ts';

/** The record of `--config-only`; the kernel gets nothing for it. @throws {Fault} forbidden */
export function configurationRecord(body: NetworkCreateBody): NetworkRecord {
  if (body.Ingress || body.Internal || body.Attachable || body.Scope) {
    const fields = '[ ingress | internal | attachable | scope ]';
    throw new Fault(
      'forbidden',
      `configuration network can only contain network specific fields. Network operator fields like ${fields} are not supported.`,
    );
  }
  if (body.ConfigFrom?.Network)
    throw new Fault('forbidden', 'a configuration network cannot depend on another configuration network');
  return {
    ...{ id: randomBytes(32).toString('hex'), name: body.Name, created: timestamp(), driver: 'null' },
    ipam: {
      ...{ Driver: body.IPAM?.Driver || 'default', Options: body.IPAM?.Options ?? {} },
      Config: body.IPAM?.Config ?? [],
    },
    ...{ enableIPv4: body.EnableIPv4 ?? true, enableIPv6: body.EnableIPv6 ?? false },
    ...{ internal: false, attachable: false, configOnly: true },
    ...{ options: body.Options ?? {}, labels: body.Labels ?? {} },
  };
}

/** `--config-from`: the request completed from the configuration. @throws {Fault} forbidden, not-found */
export function withConfiguration(engine: Engine, body: NetworkCreateBody): NetworkCreateBody {
  const name = body.ConfigFrom?.Network;
  if (!name) return body;
  refuseOwn(body);
  const from = engine.store.networks.find((record) => record.name === name && record.configOnly === true);
  if (!from) throw new Fault('not-found', `configuration network ${JSON.stringify(name)} does not exist`);
  return {
    ...body,
    ...{ IPAM: from.ipam, Options: from.options, Labels: from.labels },
    ...{ EnableIPv4: from.enableIPv4, EnableIPv6: from.enableIPv6 },
  };
}

function refuseOwn({ IPAM, EnableIPv4, EnableIPv6, Labels, Options }: NetworkCreateBody): void {
  const depends = 'are not supported if the network depends on a configuration network';
  const given = (map: object | null | undefined): boolean => Object.keys(map ?? {}).length > 0;
  const otherIpam = IPAM?.Driver !== undefined && !['', 'default'].includes(IPAM.Driver);
  if (otherIpam || given(IPAM?.Options) || given(IPAM?.Config) || given(Labels))
    throw new Fault('forbidden', `user specified configurations ${depends}`);
  if (EnableIPv4 === false || EnableIPv6)
    throw new Fault('forbidden', `user specified configurations ${depends}`);
  if (given(Options)) throw new Fault('forbidden', `network driver options ${depends}`);
}

/** A configuration has no endpoints, and stays while a network is made from it. @throws {Fault} forbidden */
export function refuseConnection({ name, configOnly }: NetworkRecord): void {
  if (configOnly)
    throw new Fault('forbidden', `cannot create endpoint on configuration-only network: ${name}`);
}

export function refuseRemoval(engine: Engine, { name, configOnly }: NetworkRecord): void {
  if (configOnly && engine.store.networks.find(({ configFrom }) => configFrom === name))
    throw new Fault('forbidden', `configuration network ${JSON.stringify(name)} is in use`);
}
