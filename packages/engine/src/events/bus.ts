import type { EventMessage } from '@pontoon/api';
import { now_ns } from '../time.ts';

export type EventListener = (event: EventMessage) => void;

/** Docker keeps 256 for clients that ask for the past; a busy compose project is longer. */
const KEPT = 1024;

/** What happened, told to all who listen, and kept for a while for those who ask later. */
export class EventBus {
  readonly #listeners = new Set<EventListener>();
  readonly #past: EventMessage[] = [];

  publish(
    type: EventMessage['Type'],
    action: string,
    actor: { id: string; attributes?: Record<string, string> },
  ): void {
    const event = message(type, action, actor.id, actor.attributes ?? {});
    this.#past.push(event);
    if (this.#past.length > KEPT) this.#past.shift();
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** @returns ends it */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The oldest first. */
  past(): readonly EventMessage[] {
    return this.#past;
  }

  listeners(): number {
    return this.#listeners.size;
  }
}

function message(
  type: EventMessage['Type'],
  action: string,
  id: string,
  attributes: Record<string, string>,
): EventMessage {
  const at_ns = now_ns();
  const legacy =
    type === 'container' || type === 'image'
      ? { status: action, id, ...(attributes.image === undefined ? {} : { from: attributes.image }) }
      : {};
  return {
    ...legacy,
    Type: type,
    Action: action,
    Actor: { ID: id, Attributes: attributes },
    scope: 'local',
    time: Number(at_ns / 1_000_000_000n),
    // Past 2^53: off by less than a microsecond as a double.
    timeNano: Number(at_ns),
  };
}
