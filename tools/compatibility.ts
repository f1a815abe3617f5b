/** docs/compatibility.md: which operations of the Engine API are answered, made from the route table. */
import { apiVersion, oldestApiVersion, type Refusal, type Route, routes } from '@pontoon/api';

const reasons: Record<Refusal, string> = {
  cluster: 'refused: one host, no swarm (503 where dockerd outside a swarm says so)',
  build: 'refused: no builder (501)',
  plugin: 'refused: no plugins (404 by name, else 501)',
};

/** Served, with this difference. */
const differences: Record<string, string> = {
  ContainerAttachWebsocket: 'refused: no WebSocket (501); use `ContainerAttach`',
  PluginList: 'served: always empty',
};

export function compatibility(): string {
  const listed: readonly Route[] = routes;
  const docker = listed.filter(({ own }) => !own);
  const served = docker.filter((route) => !standing(route).startsWith('refused'));
  return [
    '# The Engine API here',
    '',
    'Made by `npm run generate` from `packages/api/src/routes`; the daemon registers its routes from the same table.',
    '',
    `API versions ${oldestApiVersion} to ${apiVersion}, with and without the version in the path. ${served.length} of Docker's ${docker.length} operations are`,
    `served, ${docker.length - served.length} refused with the reason, and ${listed.length - docker.length} are Pontoon's own.`,
    '',
    "## Docker's",
    '',
    ...table(docker),
    '',
    "## Pontoon's own",
    '',
    ...table(listed.filter(({ own }) => own)),
    '',
  ].join('\n');
}

function table(rows: readonly Route[]): string[] {
  const lines = rows.map(
    (route) =>
      `| \`${route.method} ${route.path}\` | ${route.operation} | ${route.statuses.join(', ')} | ${standing(route)} |`,
  );
  return ['| request | operation | statuses | here |', '|---|---|---|---|', ...lines];
}

function standing({ operation, refused, since }: Route): string {
  if (refused) return reasons[refused];
  return differences[operation] ?? (since ? `served (API ${since} on)` : 'served');
}
