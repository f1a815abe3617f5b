import { Fault } from '@pontoon/fault';
import { parseMode } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import { checkFilters, type Filters, matchesLabels, matchesPattern, untilMatches } from '../filters.ts';
import { parsePort, publishedMap } from '../network/ports.ts';
import type { ContainerRecord } from '../record.ts';
import { parseTime } from '../time.ts';
import { requireContainer } from './find.ts';

type Test = (record: ContainerRecord) => boolean;

const STATUSES: readonly string[] = 'created restarting running removing paused exited dead'.split(' ');
const KNOWN =
  'ancestor before exited expose health id is-task label label! name network publish since status until volume isolation';

/** The filters of GET /containers/json. @throws {Fault} invalid */
export function containerFilter(engine: Engine, filters: Filters): Test {
  checkFilters(filters, KNOWN.split(' '));
  const tests = Object.entries(filters)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => testOf(engine, name, values, filters));
  return (record) => tests.every((test) => test(record));
}

function testOf(engine: Engine, name: string, values: string[], filters: Filters): Test {
  const [first = ''] = values;
  const some = (test: (record: ContainerRecord, value: string) => boolean): Test => {
    return (record) => values.some((value) => test(record, value));
  };
  switch (name) {
    case 'id':
      return some(({ id }, value) => matchesPattern(id, value));
    case 'name':
      return some(
        (record, value) => matchesPattern(record.name, value) || matchesPattern(`/${record.name}`, value),
      );
    case 'label':
    case 'label!':
      return ({ config }) => matchesLabels(config.Labels ?? {}, { [name]: values });
    case 'status':
      checkValues(name, values, STATUSES);
      return ({ state }) => values.includes(state.Status);
    case 'exited':
      return exitedTest(values);
    case 'health':
      checkValues(name, values, ['none', 'starting', 'healthy', 'unhealthy']);
      return ({ state }) => values.includes(state.Health?.Status ?? 'none');
    case 'until':
      return ({ created }) => untilMatches(created, filters);
    case 'ancestor':
      return some(({ image }, value) => imageOf(engine, value) === image);
    case 'network':
      return some((record, value) => isOn(engine, record, value));
    case 'volume':
      return some(({ mounts }, value) =>
        mounts.some((m) => [m.Name, m.Source, m.Destination].includes(value)),
      );
    case 'publish':
      return some((record, value) => onHost(record).some((port) => isIn(port, value)));
    case 'expose':
      return some((record, value) =>
        [...Object.keys(record.config.ExposedPorts ?? {}), ...Object.keys(publishedOf(record))].some((port) =>
          isIn(port, value),
        ),
      );
    case 'before':
      return ({ created }) => at(created) < at(requireContainer(engine, first).created);
    case 'since':
      return ({ created }) => at(created) > at(requireContainer(engine, first).created);
    default:
      // is-task, isolation: of swarm and Windows.
      return () => first === 'false' || first === 'default';
  }
}

const at = (text: string): bigint => parseTime(text) ?? 0n;
const publishedOf = ({ endpoints }: ContainerRecord) => publishedMap(endpoints.flatMap(({ ports }) => ports));

/** `8080/tcp`, for each port that the host gives. */
const onHost = (record: ContainerRecord): string[] =>
  Object.entries(publishedOf(record)).flatMap(([inside, bindings]) =>
    (bindings ?? []).map(({ HostPort }) => `${HostPort}/${inside.split('/')[1] ?? 'tcp'}`),
  );

function exitedTest(values: string[]): Test {
  const codes = values.map(Number);
  if (!codes.every(Number.isInteger))
    throw new Fault('invalid', `invalid filter 'exited=[${values.join(' ')}]'`);
  return ({ state }) => state.Status !== 'created' && !state.Running && codes.includes(state.ExitCode);
}

function checkValues(name: string, values: string[], known: readonly string[]): void {
  const unknown = values.find((value) => !known.includes(value));
  if (unknown !== undefined) throw new Fault('invalid', `invalid filter '${name}=${unknown}'`);
}

function imageOf(engine: Engine, text: string): string | undefined {
  try {
    return engine.images.find(text)?.id;
  } catch {
    return undefined;
  }
}

function isOn(engine: Engine, { networks, hostConfig }: ContainerRecord, value: string): boolean {
  const names = networks.flatMap(({ networkId }) => [networkId, engine.store.networks.get(networkId)?.name]);
  return (
    names.includes(value) ||
    (parseMode(hostConfig.NetworkMode ?? '').kind === 'container' && hostConfig.NetworkMode === value)
  );
}

/** "80", "80/tcp", "8000-8010/udp" */
function isIn(port: string, wanted: string): boolean {
  const { protocol, first, last } = parsePort(wanted);
  const one = parsePort(port);
  return one.protocol === protocol && one.first >= first && one.first <= last;
}
