import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import { containerEvent } from '../events/container.ts';
import { requireContainer } from './find.ts';
import { chooseName, validName } from './name.ts';

/** POST /containers/{id}/rename. @throws {Fault} invalid or conflict, with Docker's texts */
export async function renameContainer(engine: Engine, ref: string, wanted: string): Promise<void> {
  const record = requireContainer(engine, ref);
  if (wanted === '') throw new Fault('invalid', 'Neither old nor new names may be empty');
  if (validName(wanted) === record.name) {
    throw new Fault('invalid', 'Renaming a container with the same name as its current name');
  }
  const oldName = record.name;
  record.name = otherName(engine, wanted);
  engine.store.containers.save(record);
  containerEvent(engine, record, 'rename', { oldName: `/${oldName}` });
}

function otherName(engine: Engine, wanted: string): string {
  try {
    return chooseName(engine, wanted);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.kind, `Error when allocating new name: ${error.message}`, { cause: error });
  }
}
