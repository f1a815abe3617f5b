import type { EventMessage } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Engine } from '../engine.ts';
import type { Filters } from '../filters.ts';
import { now_ns, parseTime } from '../time.ts';

export interface EventsOptions {
  /** Unix seconds with a fraction, or RFC 3339. */
  since?: string | undefined;
  until?: string | undefined;
  filters?: Filters;
  signal: AbortSignal;
}

/**
 * GET /events: what is kept since `since`, then what happens, until `until` or the signal. It listens from its call
 * on: nothing is lost between that and the first value taken.
 * @throws {Fault} invalid
 */
export function subscribeEvents(engine: Engine, o: EventsOptions): AsyncIterable<EventMessage> {
  const wanted = filterOf(o.filters ?? {});
  const [since_ns, until_ns] = [momentOf(o.since), momentOf(o.until)];
  if (since_ns !== undefined && until_ns !== undefined && until_ns < since_ns) {
    const text = `\`since\` time (${o.since}) cannot be after \`until\` time (${o.until})`;
    throw new Fault('invalid', text);
  }
  const until_s = until_ns === undefined ? Number.POSITIVE_INFINITY : Number(until_ns) / 1e9;
  const fits = (event: EventMessage): boolean => event.timeNano / 1e9 <= until_s && wanted(event);
  const queue: EventMessage[] = [];
  if (since_ns !== undefined) {
    queue.push(...engine.events.past().filter((event) => event.timeNano >= Number(since_ns) && fits(event)));
  }
  const end_ms = until_ns === undefined ? undefined : Number((until_ns - now_ns()) / 1_000_000n);
  return follow(engine, { queue, fits, end_ms, signal: o.signal });
}

/** How many a client may be behind: one that does not read any more does not fill the memory. */
const farthest = 10_000;

function follow(
  engine: Engine,
  o: {
    queue: EventMessage[];
    fits: (event: EventMessage) => boolean;
    end_ms: number | undefined;
    signal: AbortSignal;
  },
): AsyncIterable<EventMessage> {
  let wake: () => void = () => undefined;
  let ended = o.signal.aborted || (o.end_ms !== undefined && o.end_ms <= 0);
  const stop = engine.events.listen((event) => {
    if (!o.fits(event)) return;
    o.queue.push(event);
    if (o.queue.length > farthest) end();
    wake();
  });
  const timer =
    o.end_ms === undefined || ended ? undefined : setTimeout(() => end(), Math.min(o.end_ms, 2 ** 31 - 1));
  const end = (): void => {
    ended = true;
    stop();
    clearTimeout(timer);
    wake();
  };
  o.signal.addEventListener('abort', end, { once: true });
  if (ended) end();
  async function* values(): AsyncGenerator<EventMessage> {
    try {
      for (;;) {
        const event = o.queue.shift();
        if (event) yield event;
        else if (ended) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      end();
    }
  }
  return values();
}

function momentOf(text: string | undefined): bigint | undefined {
  if (text === undefined || text === '0') return undefined;
  const at_ns = parseTime(text);
  if (at_ns === undefined) throw new Fault('invalid', `strconv.ParseInt: parsing "${text}": invalid syntax`);
  return at_ns;
}

/** `host:5000/a:b` → `host:5000/a` */
function withoutTag(reference: string): string {
  return reference.replace(/(:[^/:@]+)?(@.*)?$/, '');
}

type Test = (event: EventMessage, value: string) => boolean;

/** moby, daemon/events/filter.go: values of one filter are alternatives, filters add up. */
function filterOf(filters: Filters): (event: EventMessage) => boolean {
  const of =
    (type: EventMessage['Type']): Test =>
    ({ Type, Actor }, value) =>
      Type === type &&
      // By the start of either, as Docker's FuzzyMatch.
      (Actor.ID.startsWith(value) || (Actor.Attributes.name ?? '').startsWith(value));
  const tests: Record<string, Test> = {
    type: ({ Type }, value) => Type === value,
    event: ({ Action }, value) => Action === value || Action.startsWith(`${value}:`),
    scope: (_event, value) => value === 'local',
    container: of('container'),
    network: of('network'),
    volume: of('volume'),
    daemon: of('daemon'),
    image: ({ Type, Actor }, value) => {
      const name = Actor.Attributes[Type === 'image' ? 'name' : 'image'] ?? '';
      return [Actor.ID, name, withoutTag(Actor.ID), withoutTag(name)].includes(value);
    },
    label: ({ Actor }, value) => {
      const [name = '', ...rest] = value.split('=');
      return rest.length === 0 ? name in Actor.Attributes : Actor.Attributes[name] === rest.join('=');
    },
  };
  const entries = Object.entries(filters).flatMap(([name, values]) => {
    const test = tests[name];
    // Swarm's kinds and plugins: valid, and nothing here ever is one.
    return [{ test: test ?? ((): boolean => false), values, every: name === 'label' }];
  });
  return (event) =>
    entries.every(({ test, values, every }) =>
      every ? values.every((value) => test(event, value)) : values.some((value) => test(event, value)),
    );
}
