/** Field types of the bodies about networks. */
import type {
  AttachmentBody,
  NetworkConnectBody,
  NetworkCreateBody,
  NetworkDisconnectBody,
  NetworkUpdateBody,
  PortChangeBody,
} from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { checkFields, type Field, type Fields, fields } from './shape.ts';

const ipam: Fields = {
  Driver: 'string',
  Options: 'map',
  Config: { items: { ...fields('string', 'Subnet IPRange Gateway'), AuxiliaryAddresses: 'map' } },
};

const create: Fields = {
  Name: 'string',
  Driver: 'string',
  Scope: 'string',
  Internal: 'boolean',
  Attachable: 'boolean',
  Ingress: 'boolean',
  ConfigOnly: 'boolean',
  ConfigFrom: { fields: { Network: 'string' } },
  IPAM: { fields: ipam },
  EnableIPv4: 'boolean',
  EnableIPv6: 'boolean',
  Options: 'map',
  Labels: 'map',
};

export const endpoint: Field = {
  fields: {
    ...fields('strings', 'Links Aliases'),
    ...{ MacAddress: 'string', DriverOpts: 'map', GwPriority: 'number' },
    IPAMConfig: { fields: { ...fields('string', 'IPv4Address IPv6Address'), LinkLocalIPs: 'strings' } },
  },
};

/** "80/tcp": where on the host. `Allow` is Pontoon's own. */
export const portBindings: Field = {
  values: { items: { ...fields('string', 'HostIp HostPort'), Allow: 'strings' } },
};

export function checkNetworkBody(body: NetworkCreateBody): NetworkCreateBody {
  checkFields(body, create, 'CreateRequest');
  return body;
}

export function checkConnectBody(body: NetworkConnectBody): NetworkConnectBody {
  checkFields(body, { Container: 'string', EndpointConfig: endpoint }, 'ConnectOptions');
  wantContainer(body.Container);
  return body;
}

export function checkDisconnectBody(body: NetworkDisconnectBody): NetworkDisconnectBody {
  checkFields(body, { Container: 'string', Force: 'boolean' }, 'DisconnectOptions');
  wantContainer(body.Container);
  return body;
}

export function checkNetworkUpdate(body: NetworkUpdateBody): NetworkUpdateBody {
  const wanted: Fields = { ...fields('boolean', 'Icc Internal'), Mtu: 'number', Labels: 'map' };
  checkFields(body, wanted, 'NetworkUpdate');
  return body;
}

export function checkAttachment(body: AttachmentBody): AttachmentBody {
  checkFields(body, fields('string', 'Bridge Interface Address Gateway MacAddress'), 'Attachment');
  return body;
}

export function checkPortChange(body: PortChangeBody): PortChangeBody {
  checkFields(body, { ...fields(portBindings, 'Add Remove'), From: 'string' }, 'PortChange');
  return body;
}

function wantContainer(container: string | null | undefined): void {
  if (!container) throw new Fault('invalid', 'invalid name or ID supplied: ""');
}
