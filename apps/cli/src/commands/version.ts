import type { SystemVersion } from '@pontoon/api';
import { apiVersion } from '@pontoon/api';
import { messageOf } from '@pontoon/fault';
import manifest from '../../package.json' with { type: 'json' };
import { formatFlag, formatObject } from '../inspection.ts';
import { alignColumns } from '../output/table.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS]',
  ...{ flags: { format: formatFlag }, least: 0, most: 0 },
  run: async (context, { values }) => {
    const client = { Version: manifest.version, ApiVersion: apiVersion, Os: 'linux', Arch: process.arch };
    const engine = await askEngine();
    const object = { Client: client, Server: 'problem' in engine ? null : engine };
    context.stdout.write(`${formatObject(object, values.format) ?? describe(client, engine)}\n`);
    if (!('problem' in engine)) return 0;
    context.stderr.write(`pontoon: ${engine.problem}\n`);
    return 1;

    async function askEngine(): Promise<SystemVersion | { problem: string }> {
      try {
        return await (await context.engine()).call('SystemVersion');
      } catch (error) {
        return { problem: messageOf(error) };
      }
    }
  },
});

type Client = { Version: string; ApiVersion: string; Os: string; Arch: string };

function describe(client: Client, engine: SystemVersion | { problem: string }): string {
  const lines = [
    'Client: Pontoon',
    ...pairs([
      ['Version', client.Version],
      ['API version', client.ApiVersion],
      ['Node version', process.versions.node],
      ['OS/Arch', `${client.Os}/${client.Arch}`],
    ]),
  ];
  if ('problem' in engine) return lines.join('\n');
  const components = engine.Components.flatMap(({ Name, Version }) => [
    ` ${Name}:`,
    ...pairs([['Version', Version]], 2),
  ]);
  const api = `${engine.ApiVersion} (minimum version ${engine.MinAPIVersion})`;
  return [
    ...lines,
    '',
    `Server: ${engine.Platform.Name}`,
    ...pairs([
      ['API version', api],
      ['Kernel', engine.KernelVersion],
    ]),
    ...components,
  ].join('\n');
}

function pairs(entries: [string, string][], indent = 1): string[] {
  const text = alignColumns(
    entries.map(([name, value]) => [`${' '.repeat(indent)}${name}:`, value]),
    18,
  );
  return text.trimEnd().split('\n');
}
