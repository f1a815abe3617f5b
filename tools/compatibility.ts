/** docs/compatibility.md: which operations of the Engine API are answered, made from the route table. */
import { apiVersion, oldestApiVersion, type Refusal, type Route, routes } from '@pontoon/api';
import { differences } from '../test/contract/differences.ts';
import { type Deliberate, deliberate, oracleSkips } from './deliberate.ts';

const reasons: Record<Refusal, string> = {
  cluster: 'refused: one host, no swarm (503 where dockerd outside a swarm says so)',
  build: 'refused: no BuildKit (501); the classic builder is served',
  plugin: 'refused: no plugins (404 by name, else 501)',
};

/** Served, with this difference. */
const standings: Record<string, string> = {
  ImageSearch: 'refused: only Docker Hub can search (501)',
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
    '## Answers that differ from the description',
    '',
    'The end-to-end tests compare every answer with facts of the description (`test/contract`): statuses, types, fields,',
    'enum values. These differ on purpose; all else is a failure.',
    '',
    '| what | why |',
    '|---|---|',
    ...differences.map(({ what, reason }) => `| ${what} | ${reason} |`),
    '',
    '## Where dockerd does otherwise',
    '',
    'Found by giving some 350 command lines to both; all other answers are the same, but for ids, times and addresses.',
    '',
    ...reasonTable(deliberate),
    '',
    '## What the oracle is not asked',
    '',
    '`npm run test:oracle` runs the end-to-end tests against dockerd 20.10, that of Debian 12. Skipped there:',
    '',
    ...reasonTable(oracleSkips),
    '',
  ].join('\n');
}

function reasonTable(rows: readonly Deliberate[]): string[] {
  return ['| what | why |', '|---|---|', ...rows.map(({ what, why }) => `| ${what} | ${why} |`)];
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
  return standings[operation] ?? (since ? `served (API ${since} on)` : 'served');
}
