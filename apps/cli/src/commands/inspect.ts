import type { EngineClient } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { Exit } from '../exit.ts';
import { text, toggle } from '../flags/flag.ts';
import { formatFlag, printInspection } from '../inspection.ts';
import { anyNumber, defineVerb } from '../verb.ts';

type Finder = (engine: EngineClient, name: string, size: boolean) => Promise<unknown>;

/** Asked in this order where no type is given, as Docker's client does. */
const FINDERS: Record<string, Finder> = {
  container: (engine, id, size) =>
    engine.call('ContainerInspect', { parameters: { id }, query: { size: size || undefined } }),
  image: (engine, name) => engine.call('ImageInspect', { parameters: { name } }),
  network: (engine, id) => engine.call('NetworkInspect', { parameters: { id } }),
  volume: (engine, name) => engine.call('VolumeInspect', { parameters: { name } }),
};

export const verb = defineVerb({
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  flags: {
    format: formatFlag,
    size: toggle('s', 'Display total file sizes if the type is container'),
    type: text('', 'Only inspect objects of the given type'),
  },
  ...{ least: 1, most: anyNumber },
  run: async (context, { values, args }) => {
    if (values.type && !Object.hasOwn(FINDERS, values.type))
      throw new Exit(
        1,
        `unknown type: "${values.type}": must be one of "container", "image", "network", "volume"`,
      );
    const engine = await context.engine();
    const find = (name: string) => findAny(engine, name, values.type, values.size);
    return await printInspection(context, args, values.format, find);
  },
});

async function findAny(
  engine: EngineClient,
  name: string,
  type: string | undefined,
  size: boolean,
): Promise<unknown> {
  for (const finder of type ? [FINDERS[type]!] : Object.values(FINDERS)) {
    try {
      return await finder(engine, name, size);
    } catch (error) {
      if (type || !(error instanceof Fault) || error.kind !== 'not-found') throw error;
    }
  }
  throw new Fault('not-found', `No such object: ${name}`);
}
