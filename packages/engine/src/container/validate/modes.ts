import type { ContainerCreateBody, HostConfig } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { type Mode, parseMode } from '@pontoon/network';

/**
 * Namespaces shared with others, and what can then not be asked for: texts as Docker's (moby, runconfig/errors.go).
 * @returns warnings
 * @throws {Fault} invalid
 */
export function validateModes(body: ContainerCreateBody): string[] {
  const host = body.HostConfig ?? {};
  const mode = parseMode(host.NetworkMode ?? '');
  validateNamespaces(body, host);
  if (mode.kind === 'container') validateJoined(body, host);
  if (host.Links?.length && (mode.kind === 'host' || mode.kind === 'container')) {
    const type = mode.kind === 'host' ? 'host type networking' : 'container type network';
    throw conflict(`${type} can't be used with links. This would result in undefined behavior`);
  }
  return hostWarnings(mode, host);
}

/** The owner of the namespace decides on them. */
function validateJoined(body: ContainerCreateBody, host: HostConfig): void {
  if (body.Hostname) throw conflict('hostname and the network mode');
  if (host.Dns?.length) throw conflict('dns and the network mode');
  if (host.ExtraHosts?.length) throw conflict('custom host-to-IP mapping and the network mode');
  if (body.MacAddress || asksForMac(body)) throw conflict('mac-address and the network mode');
  if (Object.keys(host.PortBindings ?? {}).length > 0 || host.PublishAllPorts) {
    throw conflict('port publishing and the container type network mode');
  }
  if (Object.keys(body.ExposedPorts ?? {}).length > 0) {
    throw conflict('port exposing and the container type network mode');
  }
}

function asksForMac({ NetworkingConfig }: ContainerCreateBody): boolean {
  return Object.values(NetworkingConfig?.EndpointsConfig ?? {}).some((settings) => settings?.MacAddress);
}

function validateNamespaces(body: ContainerCreateBody, host: HostConfig): void {
  const { PidMode = '', IpcMode = '', UTSMode = '', UsernsMode = '', CgroupnsMode = '' } = host;
  if (!/^(|private|host|container:.+)$/.test(PidMode)) throw invalid(`invalid PID mode: ${PidMode}`);
  if (!/^(|none|private|shareable|host|container:.+)$/.test(IpcMode))
    throw invalid(`invalid IPC mode: ${IpcMode}`);
  if (!/^(|private|host)$/.test(UTSMode)) throw invalid(`invalid UTS mode: ${UTSMode}`);
  if (!/^(|host)$/.test(UsernsMode)) throw invalid(`invalid userns mode: ${UsernsMode}`);
  if (!/^(|private|host)$/.test(CgroupnsMode))
    throw invalid(`invalid cgroup namespace mode: ${CgroupnsMode}`);
  if (UTSMode === 'host' && body.Hostname) throw conflict('hostname and the UTS mode');
}

function hostWarnings(mode: Mode, host: HostConfig): string[] {
  const publishes = Object.keys(host.PortBindings ?? {}).length > 0 || host.PublishAllPorts;
  return mode.kind === 'host' && publishes
    ? ['Published ports are discarded when using host network mode']
    : [];
}

function conflict(what: string): Fault {
  return invalid(`conflicting options: ${what}`);
}

function invalid(message: string): Fault {
  return new Fault('invalid', message);
}
