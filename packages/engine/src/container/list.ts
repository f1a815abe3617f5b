import type { ContainerSummary, Port } from '@pontoon/api';
import type { Engine } from '../engine.ts';
import { networksOf } from '../network/settings.ts';
import { type ContainerRecord, isRunning } from '../record.ts';
import { parseTime } from '../time.ts';
import { containerFilter } from './filter.ts';
import { mountPoints } from './inspect.ts';
import { statusText } from './status.ts';

export interface ListContainersOptions {
  /** Those that do not run, too. */
  all?: boolean;
  /** The newest so many, running or not. */
  limit?: number | undefined;
  size?: boolean;
  filters?: Record<string, string[]>;
}

/** GET /containers/json: the newest first. */
export async function listContainers(
  engine: Engine,
  o: ListContainersOptions = {},
): Promise<ContainerSummary[]> {
  const { filters = {}, limit = 0 } = o;
  const passes = containerFilter(engine, filters);
  const stopped = o.all || limit > 0 || Object.hasOwn(filters, 'status') || Object.hasOwn(filters, 'exited');
  const found = engine.store.containers
    .all()
    .sort((one, other) => Number(created(other) - created(one)))
    .filter(
      (record) => (stopped || isRunning(record) || record.state.Status === 'restarting') && passes(record),
    );
  const shown = limit > 0 ? found.slice(0, limit) : found;
  return Promise.all(shown.map((record) => summary(engine, record, o.size ?? false)));
}

const created = (record: ContainerRecord): bigint => parseTime(record.created) ?? 0n;

async function summary(engine: Engine, record: ContainerRecord, size: boolean): Promise<ContainerSummary> {
  const { hostConfig } = record;
  return {
    ...{
      Id: record.id,
      Names: [`/${record.name}`],
      Image: shownImage(engine, record),
      ImageID: record.image,
    },
    Command: [record.path, ...record.args].map(quoted).join(' '),
    Created: Number(created(record) / 1_000_000_000n),
    Ports: portList(record),
    ...(size ? await engine.images.sizes(record.id) : {}),
    Labels: record.config.Labels ?? {},
    ...{ State: record.state.Status, Status: statusText(record.state) },
    HostConfig: {
      NetworkMode: hostConfig.NetworkMode || 'bridge',
      ...(hostConfig.Annotations ? { Annotations: hostConfig.Annotations } : {}),
    },
    NetworkSettings: { Networks: networksOf(engine, record) },
    Mounts: mountPoints(record),
  };
}

/** The reference as it was given, or the id once that means another image: moby, daemon/list.go. */
function shownImage(engine: Engine, { config, image }: ContainerRecord): string {
  const name = config.Image ?? '';
  try {
    return engine.images.find(name)?.id === image ? name : image;
  } catch {
    return image;
  }
}

/** An argument with a space in it, as `docker ps` shows it. */
function quoted(text: string): string {
  return text.includes(' ') ? `'${text.replaceAll("'", "\\'")}'` : text;
}

function portList({ config, endpoints }: ContainerRecord): Port[] {
  if (endpoints.length === 0) return [];
  const published = endpoints.flatMap(({ ports }) =>
    ports.flatMap(({ protocol, containerPort, hostAddress, hostPort, count }) =>
      Array.from({ length: count }, (_, offset) => ({
        ...{ IP: hostAddress, PrivatePort: containerPort + offset },
        ...{ PublicPort: hostPort + offset, Type: protocol },
      })),
    ),
  );
  const taken = new Set(published.map(({ PrivatePort, Type }) => `${PrivatePort}/${Type}`));
  const exposed = Object.keys(config.ExposedPorts ?? {})
    .filter((port) => !taken.has(port) && /^\d+\//.test(port))
    .map((port) => ({ PrivatePort: Number.parseInt(port, 10), Type: port.split('/')[1] as Port['Type'] }));
  return [...exposed, ...published];
}
