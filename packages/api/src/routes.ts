/**
 * The Engine API as a table: what the daemon registers, what the client calls by name, and what
 * docs/compatibility.md is made from. Paths are those of the API's description (`{id}`, `{name}`), without the
 * version's prefix; a `{name}` of an image may hold slashes.
 */
import { clusterRoutes } from './routes/cluster.ts';
import { containerRoutes } from './routes/container.ts';
import { imageRoutes } from './routes/image.ts';
import { networkRoutes } from './routes/network.ts';
import { systemRoutes } from './routes/system.ts';

/** The newest API that the daemon speaks, and the oldest (dockerd 28 keeps the same). */
export const apiVersion = '1.50';
export const oldestApiVersion = '1.24';

export interface Route {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** The operationId of the API's description; Pontoon's own are named alike. */
  operation: string;
  /** The status of success first; those of failure that the description lists. 500 goes without saying. */
  statuses: readonly number[];
  /** The API version that brought it, where that is later than the oldest one spoken here. */
  since?: string;
  /** Not in Docker's API. */
  own?: true;
  /** Answered with an error, always: this is why. */
  refused?: Refusal;
}

export type Refusal = 'cluster' | 'build' | 'plugin';

export const routes = [
  ...systemRoutes,
  ...containerRoutes,
  ...networkRoutes,
  ...imageRoutes,
  ...clusterRoutes,
] as const satisfies readonly Route[];

type Listed = (typeof routes)[number];

/** Every operation of the table. */
export type Operation = Listed['operation'];
/** Those that an engine must be able to do: the others are refused by rule. */
export type ServedOperation = Exclude<Listed, { refused: Refusal }>['operation'];

const byOperation = new Map<string, Route>(routes.map((route) => [route.operation, route]));

export function routeOf(operation: Operation): Route {
  const route = byOperation.get(operation);
  if (!route) throw new TypeError(`no route for the operation "${operation}"`);
  return route;
}

/** `/images/{name}/json` with `{ name: 'a/b:1' }` → `/images/a/b:1/json`, each segment encoded. */
export function pathOf(route: Route, parameters: Readonly<Record<string, string>> = {}): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new TypeError(`${route.operation} needs the parameter "${name}"`);
    return value.split('/').map(encodeURIComponent).join('/');
  });
}
