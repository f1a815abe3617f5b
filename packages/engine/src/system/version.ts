import { release } from 'node:os';
import { apiVersion, oldestApiVersion, type SystemVersion } from '@pontoon/api';
import type { Engine } from '../engine.ts';

/** Of Pontoon itself. */
export const VERSION = '0.1.0';
const BUILT = '2026-11-29T00:00:00.000000000+00:00';

/** GOARCH, as Docker's clients know it. */
export const architecture = (): string =>
  ({ x64: 'amd64', arm64: 'arm64', arm: 'arm' })[process.arch as string] ?? process.arch;

/** GET /version */
export async function systemVersion(engine: Engine): Promise<SystemVersion> {
  const own = { ApiVersion: apiVersion, MinAPIVersion: oldestApiVersion, Os: 'linux', Arch: architecture() };
  const built = {
    GitCommit: '',
    GoVersion: `node ${process.version}`,
    KernelVersion: release(),
    BuildTime: BUILT,
  };
  const { kind, version } = engine.runtime;
  return {
    Platform: { Name: 'Pontoon' },
    Components: [
      { Name: 'Engine', Version: VERSION, Details: { ...own, ...built, Experimental: 'false' } },
      { Name: kind, Version: version, Details: { GitCommit: '' } },
    ],
    ...{ Version: VERSION, ...own, ...built },
  };
}
