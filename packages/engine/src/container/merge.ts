import type { ContainerConfig, HealthConfig } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { RunConfiguration } from '@pontoon/images';

/**
 * What the container is to be: the client's words, completed from the image (moby, daemon/commit.go, merge).
 * @throws {Fault} invalid `no command specified`
 */
export function mergeConfig(wanted: ContainerConfig, image: RunConfiguration): ContainerConfig {
  const merged: ContainerConfig = {
    ...wanted,
    Hostname: wanted.Hostname ?? '',
    Domainname: wanted.Domainname ?? '',
    User: wanted.User || image.User || '',
    AttachStdin: wanted.AttachStdin ?? false,
    AttachStdout: wanted.AttachStdout ?? false,
    AttachStderr: wanted.AttachStderr ?? false,
    Tty: wanted.Tty ?? false,
    OpenStdin: wanted.OpenStdin ?? false,
    StdinOnce: wanted.StdinOnce ?? false,
    Env: mergeEnvironment(wanted.Env ?? [], image.Env ?? []),
    ...mergeCommand(wanted, image),
    Volumes: union(image.Volumes, wanted.Volumes),
    WorkingDir: wanted.WorkingDir || image.WorkingDir || '',
    OnBuild: null,
    Labels: { ...image.Labels, ...wanted.Labels },
    ...optional('ExposedPorts', union(image.ExposedPorts, wanted.ExposedPorts)),
    ...optional('StopSignal', wanted.StopSignal || image.StopSignal),
    ...optional('Shell', wanted.Shell?.length ? wanted.Shell : image.Shell),
    ...optional('Healthcheck', mergeHealth(wanted.Healthcheck, image.Healthcheck)),
  };
  return merged;
}

/** The client's first; of the image's, those whose name the client does not set. */
function mergeEnvironment(wanted: string[], image: string[]): string[] {
  const names = new Set(wanted.map(nameOf));
  return [...wanted, ...image.filter((entry) => !names.has(nameOf(entry)))];
}

function nameOf(entry: string): string {
  return entry.split('=', 1)[0] ?? '';
}

function mergeCommand(wanted: ContainerConfig, image: RunConfiguration) {
  const entrypoint = listOf(wanted.Entrypoint);
  const command = listOf(wanted.Cmd);
  // An entrypoint of the client's own makes the image's command meaningless.
  if (entrypoint?.length) {
    const reset = entrypoint.length === 1 && entrypoint[0] === '';
    return { Entrypoint: reset ? null : entrypoint, Cmd: command?.length ? command : null };
  }
  return {
    Entrypoint: entrypoint === undefined ? (image.Entrypoint ?? null) : null,
    Cmd: command?.length ? command : (image.Cmd ?? null),
  };
}

/** Older clients may send one string. */
function listOf(value: string[] | string | null | undefined): string[] | undefined {
  return typeof value === 'string' ? [value] : (value ?? undefined);
}

function union(first?: Record<string, object> | null, second?: Record<string, object> | null) {
  const all = { ...first, ...second };
  return Object.keys(all).length > 0 ? all : null;
}

function mergeHealth(
  wanted: HealthConfig | null | undefined,
  image: HealthConfig | null | undefined,
): HealthConfig | undefined {
  if (!wanted) return image ?? undefined;
  if (!image) return wanted;
  const given = Object.entries(wanted).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : Boolean(value),
  );
  return { ...image, ...Object.fromEntries(given) };
}

function optional<K extends string, V>(key: K, value: V | null | undefined): Partial<Record<K, V>> {
  return value === undefined || value === null || value === '' ? {} : ({ [key]: value } as Record<K, V>);
}

/** Entrypoint and command as one: what `Path` and `Args` of the inspection say. */
export function commandOf(config: ContainerConfig): { path: string; args: string[] } {
  const [path, ...args] = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (!path) throw new Fault('invalid', 'no command specified');
  return { path, args };
}
