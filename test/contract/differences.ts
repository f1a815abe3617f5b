/** Where the answers differ from the API's description on purpose, and why: docs/compatibility.md lists them. */
export interface Difference {
  /** What differs, in words. */
  what: string;
  reason: string;
  /** Of a deviation: `ContainerInspect 200: Config.Volumes: want object, have null`. */
  line: RegExp;
}

/** Go's nil: fields that dockerd, too, answers with null while they hold nothing. */
const nullable = [
  ...['HostConfig.Binds', 'HostConfig.VolumesFrom', 'HostConfig.CapAdd', 'HostConfig.CapDrop'],
  ...['HostConfig.GroupAdd', 'HostConfig.ExtraHosts', 'HostConfig.Links', 'HostConfig.SecurityOpt'],
  ...['HostConfig.DeviceCgroupRules', 'HostConfig.DeviceRequests', 'HostConfig.Devices'],
  ...['HostConfig.MaskedPaths', 'HostConfig.ReadonlyPaths', 'HostConfig.Ulimits', 'HostConfig.PortBindings'],
  ...['HostConfig.Dns', 'HostConfig.DnsOptions', 'HostConfig.DnsSearch', 'HostConfig.BlkioWeightDevice'],
  ...['Config.Volumes', 'Config.Entrypoint', 'Config.Labels', 'Config.Cmd', 'Config.Env', 'Args'],
  ...['NetworkSettings.Networks.*.Links', 'NetworkSettings.Networks.*.Aliases'],
  ...[
    'NetworkSettings.Networks.*.DNSNames',
    'IPAM.Options',
    'IPAM.Config',
    'Labels',
    'Options',
    'Tags',
    'Warnings',
  ],
  ...['Plugins.Authorization', 'RegistryConfig.Mirrors', 'GenericResources'],
  ...['Images', 'Containers', 'Volumes', 'BuildCache', 'blkio_stats.io_service_bytes_recursive'],
  ...['ContainersDeleted', 'ImagesDeleted', 'NetworksDeleted', 'VolumesDeleted', 'CachesDeleted'],
];

const names = nullable.map((name) => name.replaceAll(/[.*]/g, '\\$&')).join('|');

export const differences: Difference[] = [
  {
    what: 'lists and maps that hold nothing may be null, as those of HostConfig',
    reason: 'dockerd answers the same fields with null (Go’s nil); its clients tell null from empty in some',
    line: new RegExp(` 200: (\\S+\\.)?(${names}): want (array|object), have null$| 201: Options: .* null$`),
  },
  {
    what: 'limits of HostConfig that nobody set are null',
    reason: 'so they are in dockerd: pointers in Go, and 0 would be a limit',
    line: /HostConfig\.(MemorySwappiness|OomKillDisable|PidsLimit|Init): want \w+, have null$/,
  },
  {
    what: '`ExitCode` of an exec that has not ended is null',
    reason: 'so it is in dockerd: a pointer in Go',
    line: /^ExecInspect 200: ExitCode: want integer, have null$/,
  },
  {
    what: 'events carry `status`, `id` and `from`',
    reason: 'dockerd sends them still, for clients from before API 1.22',
    line: /^SystemEvents 200: (status|id|from): not described$/,
  },
  {
    what: 'a request that cannot be read is refused with 400 by every operation',
    reason: 'the description lists 400 for some only; dockerd’s answer is the same',
    line: /^\w+ 400: the status is not described$/,
  },
  {
    what: 'a network’s name that is taken is 409',
    reason: 'so it is in dockerd; the description lists 400, 403 and 404 for networks',
    line: /^NetworkCreate 409: the status is not described$/,
  },
  {
    what: 'saving an image that is not there is 404',
    reason: 'so it is in dockerd; the description lists 200 and 500',
    line: /^ImageGet(All)? 404: the status is not described$/,
  },
  {
    what: 'what there is none of here is refused with 501 and the reason: BuildKit’s session, plugins, searching, and building where buildah is not installed',
    reason: 'the description knows an engine with all of its parts',
    line: /^(Session|ImageBuild|ImageSearch|GetPluginPrivileges|Plugin(Pull|Create)) 501: the status is not described$/,
  },
];
