import type { SystemInfo } from '@pontoon/api';
import { formatFlag, formatObject } from '../inspection.ts';
import { humanMemory } from '../output/human.ts';
import { defineVerb } from '../verb.ts';

export const verb = defineVerb({
  usage: '[OPTIONS]',
  ...{ flags: { format: formatFlag }, least: 0, most: 0 },
  run: async (context, { values }) => {
    const info = await (await context.engine()).call('SystemInfo');
    context.stdout.write(`${formatObject(info, values.format) ?? describe(info)}\n`);
    for (const warning of info.Warnings ?? []) context.stderr.write(`${warning}\n`);
    return 0;
  },
});

function describe(info: SystemInfo): string {
  const runtimes = Object.entries(info.Runtimes).map(([name, { path }]) =>
    path ? `${name} (${path})` : name,
  );
  const pools = (info.DefaultAddressPools ?? []).map(({ Base, Size }) => ` Base: ${Base}, Size: ${Size}`);
  return [
    `Containers: ${info.Containers}`,
    ` Running: ${info.ContainersRunning}`,
    ` Paused: ${info.ContainersPaused}`,
    ` Stopped: ${info.ContainersStopped}`,
    `Images: ${info.Images}`,
    `Server Version: ${info.ServerVersion}`,
    `Storage Driver: ${info.Driver}`,
    ...info.DriverStatus.map(([name, value]) => ` ${name}: ${value}`),
    `Logging Driver: ${info.LoggingDriver}`,
    `Cgroup Driver: ${info.CgroupDriver}`,
    `Cgroup Version: ${info.CgroupVersion}`,
    'Plugins:',
    ` Volume: ${info.Plugins.Volume.join(' ')}`,
    ` Network: ${info.Plugins.Network.join(' ')}`,
    ` Log: ${info.Plugins.Log.join(' ')}`,
    `Runtimes: ${runtimes.join(' ')}`,
    `Default Runtime: ${info.DefaultRuntime}`,
    `Init Binary: ${info.InitBinary}`,
    'Security Options:',
    ...info.SecurityOptions.map((option) => ` ${option.replaceAll('name=', '')}`),
    `Kernel Version: ${info.KernelVersion}`,
    `Operating System: ${info.OperatingSystem}`,
    `OSType: ${info.OSType}`,
    `Architecture: ${info.Architecture}`,
    `CPUs: ${info.NCPU}`,
    `Total Memory: ${humanMemory(info.MemTotal)}`,
    `Name: ${info.Name}`,
    `ID: ${info.ID}`,
    `Docker Root Dir: ${info.DockerRootDir}`,
    `Debug Mode: ${info.Debug}`,
    `Live Restore Enabled: ${info.LiveRestoreEnabled}`,
    ...(info.FirewallBackend ? [`Firewall Backend: ${info.FirewallBackend.Driver}`] : []),
    ...(pools.length > 0 ? ['Default Address Pools:', ...pools] : []),
  ].join('\n');
}
