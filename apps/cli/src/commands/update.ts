import type { ContainerUpdateBody } from '@pontoon/api';
import { forEach } from '../each.ts';
import { Exit } from '../exit.ts';
import { containerFlags } from '../request/container-flags.ts';
import { readRestart } from '../request/limits.ts';
import { anyNumber, defineVerb } from '../verb.ts';

const FIELDS = {
  'blkio-weight': 'BlkioWeight',
  'cpu-period': 'CpuPeriod',
  'cpu-quota': 'CpuQuota',
  'cpu-rt-period': 'CpuRealtimePeriod',
  'cpu-rt-runtime': 'CpuRealtimeRuntime',
  'cpu-shares': 'CpuShares',
  cpus: 'NanoCpus',
  'cpuset-cpus': 'CpusetCpus',
  'cpuset-mems': 'CpusetMems',
  memory: 'Memory',
  'memory-reservation': 'MemoryReservation',
  'memory-swap': 'MemorySwap',
  'pids-limit': 'PidsLimit',
} as const;

type Name = keyof typeof FIELDS;
const names = Object.keys(FIELDS) as Name[];
const limits = Object.fromEntries(names.map((name) => [name, containerFlags[name]]));

export const verb = defineVerb({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: { ...(limits as Pick<typeof containerFlags, Name>), restart: containerFlags.restart },
  ...{ least: 1, most: anyNumber },
  run: async (context, { values, args, given }) => {
    if (given.size === 0) throw new Exit(1, 'you must provide one or more flags when using this command');
    const wished = names.filter((name) => given.has(name)).map((name) => [FIELDS[name], values[name]]);
    const body: ContainerUpdateBody = {
      ...Object.fromEntries(wished),
      ...(values.restart === undefined ? {} : { RestartPolicy: readRestart(values.restart) }),
    };
    const engine = await context.engine();
    return await forEach(context, args, async (id) => {
      const { Warnings } = await engine.call('ContainerUpdate', { parameters: { id }, body });
      for (const warning of Warnings ?? []) context.stderr.write(`${warning}\n`);
    });
  },
});
