import type { ExecCreateBody } from '@pontoon/api';
import { resolveUser } from '@pontoon/images';
import { buildProcess, containerCapabilities, type ProcessSpec } from '@pontoon/oci';
import type { ContainerRecord } from '../record.ts';
import { environmentOf } from '../spec/environment.ts';

/**
 * What the runtime is to run in a running container.
 * @param consoleSize rows and columns
 * @throws {Fault} invalid, for a user that is not there
 */
export function execProcess(
  { config, hostConfig, state }: ContainerRecord,
  body: ExecCreateBody,
  consoleSize?: [number, number] | null,
): ProcessSpec {
  const terminal = body.Tty ?? false;
  const user = resolveUser(
    `/proc/${state.Pid}/root`,
    body.User || config.User || '',
    hostConfig.GroupAdd ?? [],
  );
  const env = [...(config.Env ?? []), ...(body.Env ?? [])];
  const [rows, columns] = consoleSize ?? body.ConsoleSize ?? [];
  return buildProcess({
    args: body.Cmd ?? [],
    env: environmentOf({ ...config, Env: env, Tty: terminal }, config.Hostname ?? '', user.home),
    cwd: body.WorkingDir || config.WorkingDir || '/',
    user,
    terminal,
    ...(rows && columns ? { consoleSize: { rows, columns } } : {}),
    capabilities: containerCapabilities({
      capabilitiesAdd: hostConfig.CapAdd ?? [],
      capabilitiesDrop: hostConfig.CapDrop ?? [],
      privileged: body.Privileged || hostConfig.Privileged || false,
    }),
    noNewPrivileges: (hostConfig.SecurityOpt ?? []).some((option) =>
      /^no-new-privileges([:=]true)?$/.test(option),
    ),
  });
}
