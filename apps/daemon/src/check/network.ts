/** Field types of the bodies about networks. */
import type { NetworkCreateBody } from '@pontoon/api';
import { checkFields, type FieldType } from './shape.ts';

const create: Record<string, FieldType> = {
  Name: 'string',
  Driver: 'string',
  Scope: 'string',
  Internal: 'boolean',
  Attachable: 'boolean',
  Ingress: 'boolean',
  ConfigOnly: 'boolean',
  ConfigFrom: 'object',
  IPAM: 'object',
  EnableIPv4: 'boolean',
  EnableIPv6: 'boolean',
  Options: 'map',
  Labels: 'map',
};

const ipam: Record<string, FieldType> = { Driver: 'string', Config: 'objects', Options: 'map' };

export function checkNetworkBody(body: NetworkCreateBody): NetworkCreateBody {
  checkFields(body, create, 'CreateRequest');
  if (body.IPAM) checkFields(body.IPAM, ipam, 'IPAM');
  return body;
}
