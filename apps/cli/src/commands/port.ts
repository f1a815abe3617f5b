import type { EngineClient, PortBinding, PortMap } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { Exit } from '../exit.ts';
import { text } from '../flags/flag.ts';
import { readPorts } from '../request/ports.ts';
import { anyNumber, type Context, defineVerb } from '../verb.ts';

const flags = {
  from: text('', 'With `add` and `move`: take the port over from this container, in one transaction'),
};

/**
 * `port CONTAINER [PRIVATE_PORT[/PROTO]]` lists, as in Docker. The rest changes a running container's ports at once and
 * without a restart: `port add CONTAINER SPEC…`, `port rm CONTAINER SPEC…`, `port move CONTAINER OLD NEW`.
 */
export const verb = defineVerb({
  usage:
    '[OPTIONS] CONTAINER [PRIVATE_PORT[/PROTO]] | add CONTAINER SPEC... | rm CONTAINER SPEC... | move CONTAINER OLD NEW',
  ...{ flags, least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    const engine = await context.engine();
    const [first = '', second = '', ...specs] = args;
    if (specs.length > 0) return await change(context, engine, first, second, specs, values.from);
    const { NetworkSettings } = await engine.call('ContainerInspect', { parameters: { id: first } });
    return second === ''
      ? printAll(context, NetworkSettings.Ports)
      : printOne(context, NetworkSettings.Ports, second, first);
  },
});

async function change(
  context: Context,
  engine: EngineClient,
  action: string,
  id: string,
  specs: string[],
  from: string | undefined,
): Promise<number> {
  const [added, removed] = splitSpecs(action, specs);
  const { Ports } = await engine.call('PortChange', {
    parameters: { id },
    body: {
      Add: readPorts(added).bindings as never,
      Remove: readPorts(removed).bindings as never,
      From: from,
    },
  });
  return printAll(context, Ports);
}

function splitSpecs(action: string, specs: string[]): [added: string[], removed: string[]] {
  if (action === 'add') return [specs, []];
  if (action === 'rm') return [[], specs];
  if (action === 'move' && specs.length === 2) return [[specs[1]!], [specs[0]!]];
  throw new Exit(
    1,
    `pontoon: 'pontoon port ${action}' is none of add, rm and move\n\nRun 'pontoon port --help' for more information`,
  );
}

function printAll({ stdout }: Context, ports: PortMap): number {
  const lines = Object.entries(ports).flatMap(([port, bindings]) =>
    (bindings ?? []).map((binding) => `${port} -> ${addressOf(binding)}\n`),
  );
  stdout.write(lines.sort().join(''));
  return 0;
}

function printOne({ stdout }: Context, ports: PortMap, wanted: string, container: string): number {
  const port = wanted.includes('/') ? wanted : `${wanted}/tcp`;
  const bindings = ports[port];
  if (!bindings?.length)
    throw new Fault('not-found', `No public port '${wanted}' published for ${container}`);
  stdout.write(bindings.map((binding) => `${addressOf(binding)}\n`).join(''));
  return 0;
}

function addressOf({ HostIp = '', HostPort }: PortBinding): string {
  return `${HostIp.includes(':') ? `[${HostIp}]` : HostIp}:${HostPort}`;
}
