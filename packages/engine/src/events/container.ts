import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';

/** Tells that something happened to a container, with the attributes that Docker gives: image, name, labels. */
export function containerEvent(
  engine: Engine,
  record: ContainerRecord,
  action: string,
  attributes: Record<string, string> = {},
): void {
  const common = { ...record.config.Labels, image: record.config.Image ?? '', name: record.name };
  engine.events.publish('container', action, {
    id: record.id,
    attributes: { ...common, ...attributes },
  });
}
