import { randomInt } from 'node:crypto';
import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';

/**
 * A name that no container has: the one wanted, or one made up.
 * @throws {Fault} invalid or conflict, with Docker's texts
 */
export function chooseName(engine: Engine, wanted?: string): string {
  if (!wanted) return inventName((name) => holderOf(engine, name) === undefined);
  const name = validName(wanted);
  const holder = holderOf(engine, name);
  if (holder !== undefined) {
    throw new Fault(
      'conflict',
      `Conflict. The container name "/${name}" is already in use by container "${holder}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
  }
  return name;
}

function holderOf(engine: Engine, name: string): string | undefined {
  return engine.store.containers.find((record) => record.name === name)?.id;
}

/** Without the slash that older clients put before it. */
export function validName(text: string): string {
  const name = text.replace(/^\//, '');
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    throw new Fault(
      'invalid',
      `Invalid container name (${text}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
    );
  }
  return name;
}

const QUALITIES =
  `agile airy amber ample bold brave bright brisk calm clear clever cosy crisp deft eager early easy fair
  fast fine firm fleet fond free fresh gentle glad golden grand happy hardy honest jolly keen kind light lively lucid
  merry mild neat nimble noble patient placid plain proud quick quiet ready serene sharp silent smooth snug sober
  solid steady still sturdy sunny sure swift tidy tranquil true upbeat vivid warm wise witty zesty`.split(
    /\s+/,
  );

/** Rivers, as befits what floats. */
const RIVERS =
  `aare adige aire amur arno avon congo danube dee derwent dnieper don douro drava drina ebro elbe ems euro
  fraser ganges garonne guadiana humber indus inn isar jordan kama kura lena lech loire main marne mekong meuse mersey
  moselle narva neckar neva niger nile oder ohio orinoco oka parana po potomac rhine rhone saale saar sava save seine
  severn shannon somme spree tagus tamar tees thames tiber tigris tisza trent tweed tyne ural vistula volga weser
  yangtze yukon zambezi`.split(/\s+/);

export function inventName(isFree: (name: string) => boolean): string {
  for (let tries = 0; ; tries++) {
    const quality = QUALITIES[randomInt(QUALITIES.length)];
    const name = `${quality}_${RIVERS[randomInt(RIVERS.length)]}${tries < 6 ? '' : randomInt(10 ** 6)}`;
    if (isFree(name)) return name;
  }
}
