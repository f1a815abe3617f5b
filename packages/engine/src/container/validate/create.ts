import type { ContainerCreateBody } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { hostFacts } from '@pontoon/oci';
import { validateConfig } from './config.ts';
import { validateHost } from './host.ts';
import { validateModes } from './modes.ts';
import { validateResources } from './resources.ts';

/**
 * The whole body, before anything is made.
 * @returns warnings for the client
 * @throws {Fault} invalid
 */
export function validateCreate(body: ContainerCreateBody): string[] {
  if (!body.Image) throw new Fault('invalid', 'config cannot be empty in order to create a container');
  validateConfig(body);
  const host = body.HostConfig ?? {};
  const warnings = validateModes(body);
  validateHost(host);
  return [...validateResources(host, hostFacts().supports), ...warnings];
}
