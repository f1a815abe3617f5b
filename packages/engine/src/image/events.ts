import { familiarName, parseReference, withTag } from '@pontoon/images';
import type { Engine } from '../engine.ts';

/** An image's event, with its labels as attributes and the name that it goes by. */
export function tellOfImage(engine: Engine, action: string, id: string, name: string): void {
  const labels = engine.images.find(id)?.configuration.config?.Labels ?? {};
  engine.events.publish('image', action, { id, attributes: { ...labels, name } });
}

/** `busybox` as people and events call it: `busybox:latest`. */
export function wholeName(text: string): string {
  return familiarName(withTag(parseReference(text)));
}
