import type { EventMessage } from '@pontoon/api';
import { text } from '../flags/flag.ts';
import { formatFlag } from '../inspection.ts';
import { filterFlag, filtersOf } from '../output/filters.ts';
import { timestamp } from '../request/time.ts';
import { compileTemplate, unescapeFormat } from '../template/evaluate.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS]',
  flags: {
    filter: filterFlag('f'),
    format: { ...formatFlag, short: undefined },
    since: text('', 'Show all events created since timestamp'),
    until: text('', 'Stream events until this timestamp'),
  },
  ...{ least: 0, most: 0 },
  run: async (context, { values }) => {
    const print = printer(values.format);
    const events = (await context.engine()).lines('SystemEvents', {
      query: {
        since: values.since && timestamp('since', values.since),
        until: values.until && timestamp('until', values.until),
        filters: filtersOf(values.filter),
      },
    });
    for await (const event of events) context.stdout.write(`${print(event)}\n`);
    return 0;
  },
});

function printer(format: string | undefined): (event: EventMessage) => string {
  if (format === 'json') return (event) => JSON.stringify(event);
  if (format === undefined) return sentence;
  const render = compileTemplate(unescapeFormat(format));
  return (event) => render({ ...event, Scope: event.scope, Time: event.time, TimeNano: event.timeNano });
}

/** `2026-11-29T00:15:02.123456789Z container start 0a1b… (image=busybox, name=web)` */
function sentence({ Type, Action, Actor, timeNano, time }: EventMessage): string {
  const attributes = Object.entries(Actor.Attributes ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
  const second = new Date(time * 1000).toISOString().slice(0, 19);
  // Nanoseconds since 1970 are beyond what a double holds: the last digits are those that came over the wire.
  const fraction = String(timeNano).slice(-9).padStart(9, '0');
  return `${second}.${fraction}Z ${Type} ${Action} ${Actor.ID}${attributes.length > 0 ? ` (${attributes.join(', ')})` : ''}`;
}
