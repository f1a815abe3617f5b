import { join } from 'node:path';
import type { Attachment as AttachmentShape, EndpointSettings, NetworkSettings } from '@pontoon/api';
import type { Attachment, EndpointIntent } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import { type ConnectionRecord, type ContainerRecord, isRunning } from '../record.ts';
import { namesOn } from './files.ts';
import { isPredefined } from './find.ts';
import { publishedMap } from './ports.ts';
import { hasSandbox } from './sandbox.ts';

/** `NetworkSettings` of a container's inspect. */
export function networkSettings(engine: Engine, record: ContainerRecord): NetworkSettings {
  const networks = networksOf(engine, record);
  const running = isRunning(record);
  const own = running && hasSandbox(record);
  const onDefault = networks.bridge;
  return {
    ...{ Bridge: '', SandboxID: own ? record.id : '' },
    SandboxKey: own ? join(engine.options.runRoot, 'netns', record.id) : '',
    Ports: running ? portsOf(record) : {},
    ...{ HairpinMode: false, LinkLocalIPv6Address: '', LinkLocalIPv6PrefixLen: 0 },
    ...{ SecondaryIPAddresses: null, SecondaryIPv6Addresses: null },
    EndpointID: onDefault?.EndpointID ?? '',
    Gateway: onDefault?.Gateway ?? '',
    GlobalIPv6Address: onDefault?.GlobalIPv6Address ?? '',
    GlobalIPv6PrefixLen: onDefault?.GlobalIPv6PrefixLen ?? 0,
    IPAddress: onDefault?.IPAddress ?? '',
    IPPrefixLen: onDefault?.IPPrefixLen ?? 0,
    IPv6Gateway: onDefault?.IPv6Gateway ?? '',
    MacAddress: onDefault?.MacAddress ?? '',
    Networks: networks,
    ...(record.attachments.length > 0 ? { Attachments: record.attachments.map(describeAttachment) } : {}),
  };
}

/** By the networks' names. */
export function networksOf(engine: Engine, record: ContainerRecord): Record<string, EndpointSettings> {
  return Object.fromEntries(
    record.networks.map((connection) => {
      const name = engine.store.networks.get(connection.networkId)?.name ?? connection.networkId;
      return [name, endpointSettings(engine, record, connection)];
    }),
  );
}

function endpointSettings(
  engine: Engine,
  record: ContainerRecord,
  { networkId, settings }: ConnectionRecord,
): EndpointSettings {
  const network = engine.store.networks.get(networkId);
  const endpoint = record.endpoints.find((one) => one.networkId === networkId);
  const named = network && !isPredefined(network);
  return {
    IPAMConfig: settings.IPAMConfig ?? null,
    Links: settings.Links ?? null,
    Aliases: settings.Aliases ?? null,
    DriverOpts: settings.DriverOpts ?? null,
    GwPriority: settings.GwPriority ?? 0,
    NetworkID: networkId,
    ...addressesOf(endpoint),
    MacAddress: endpoint?.mac ?? settings.MacAddress ?? '',
    DNSNames: named ? namesOn(record, networkId) : null,
    ...(network?.intent && endpoint ? gatewaysOf(network.intent.subnets) : {}),
  };
}

function addressesOf(endpoint: EndpointIntent | undefined) {
  const of = (family: 4 | 6) => endpoint?.addresses.find((address) => address.family === family);
  const [v4, v6] = [of(4), of(6)];
  return {
    ...{ EndpointID: endpoint?.id ?? '', Gateway: '', IPv6Gateway: '' },
    ...{ IPAddress: v4?.address ?? '', IPPrefixLen: v4?.prefixLength ?? 0 },
    ...{ GlobalIPv6Address: v6?.address ?? '', GlobalIPv6PrefixLen: v6?.prefixLength ?? 0 },
  };
}

function gatewaysOf(subnets: { family: 4 | 6; gateway: string }[]) {
  const of = (family: 4 | 6) => subnets.find((subnet) => subnet.family === family)?.gateway ?? '';
  return { Gateway: of(4), IPv6Gateway: of(6) };
}

/** Published ones with where they are, exposed ones with null. */
export function portsOf({ config, endpoints }: ContainerRecord): NetworkSettings['Ports'] {
  const exposed = Object.keys(config.ExposedPorts ?? {}).map((port) => [port, null] as const);
  return { ...Object.fromEntries(exposed), ...publishedMap(endpoints.flatMap(({ ports }) => ports)) };
}

export function describeAttachment(attachment: Attachment): AttachmentShape {
  return {
    ...{ Id: attachment.id, Bridge: attachment.bridge, Interface: attachment.interface },
    ...{ Address: attachment.address ?? '', Gateway: attachment.gateway ?? '' },
    ...{ MacAddress: attachment.mac ?? '', HostLink: attachment.hostLink },
  };
}
