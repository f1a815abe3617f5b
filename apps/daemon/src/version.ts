/** Which API version a request speaks, and the headers that tell which one the daemon speaks. */
import type { ServerResponse } from 'node:http';
import { apiVersion, oldestApiVersion } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { release } from './release.ts';

/** <0, 0, >0 as a is older than, the same as, newer than b. Missing parts count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function atLeast(version: string, wanted: string): boolean {
  return compareVersions(version, wanted) >= 0;
}

/** @throws {Fault} invalid, in dockerd's words (moby, daemon/server/middleware/version.go) */
export function checkVersion(version: string): void {
  if (compareVersions(version, oldestApiVersion) < 0) {
    throw new Fault(
      'invalid',
      `client version ${version} is too old. Minimum supported API version is ${oldestApiVersion}, please upgrade your client to a newer version`,
    );
  }
  if (compareVersions(version, apiVersion) > 0) {
    throw new Fault(
      'invalid',
      `client version ${version} is too new. Maximum supported API version is ${apiVersion}`,
    );
  }
}

/** The headers of every answer: clients negotiate by them. */
export function introduce(response: ServerResponse): void {
  response.setHeader('Server', `Pontoon/${release} (linux)`);
  response.setHeader('Api-Version', apiVersion);
  response.setHeader('Ostype', 'linux');
  response.setHeader('Docker-Experimental', 'false');
}
