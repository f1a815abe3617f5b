import type { ContainerConfig, HealthConfig } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { signalNumber } from '@pontoon/oci';

/**
 * What concerns the process, with Docker's texts.
 * @throws {Fault} invalid
 */
export function validateConfig(config: ContainerConfig): void {
  const directory = config.WorkingDir ?? '';
  if (directory !== '' && !directory.startsWith('/')) {
    throw invalid(`the working directory '${directory}' is invalid, it needs to be an absolute path`);
  }
  for (const entry of config.Env ?? []) {
    if (entry === '' || entry.startsWith('=')) throw invalid(`invalid environment variable: ${entry}`);
  }
  if (config.StopSignal) signalNumber(config.StopSignal);
  for (const port of Object.keys(config.ExposedPorts ?? {})) validateExposed(port);
  if (config.Healthcheck) validateHealth(config.Healthcheck);
}

function validateExposed(text: string): void {
  const [, first = '', last = first, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text) ?? [];
  const ports = [first, last].map(Number);
  if (first === '' || ports.some((port) => port < 1 || port > 65535) || Number(last) < Number(first)) {
    throw invalid(`invalid port specification: "${text}"`);
  }
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) throw invalid(`invalid proto: ${protocol}`);
}

const MILLISECOND_NS = 1_000_000;

function validateHealth(health: HealthConfig): void {
  for (const name of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const) {
    const value = health[name] ?? 0;
    if (value !== 0 && value < MILLISECOND_NS)
      throw invalid(`${name} in Healthcheck cannot be less than 1ms`);
  }
  if ((health.Retries ?? 0) < 0) throw invalid('Retries in Healthcheck cannot be negative');
}

function invalid(message: string): Fault {
  return new Fault('invalid', message);
}
