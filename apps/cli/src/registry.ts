import type { AnyVerb } from './verb.ts';

/** A verb by its name: what the lists say about it, and the file that is read only when it is called. */
export interface Entry {
  summary: string;
  load: () => Promise<{ verb: AnyVerb }>;
  /** Among the "Common Commands" of the help. */
  common?: boolean;
}

const entry = (summary: string, load: Entry['load']): Entry => ({ summary, load });
const common = (summary: string, load: Entry['load']): Entry => ({ summary, load, common: true });

const attach = entry(
  'Attach local standard input, output, and error streams to a running container',
  () => import('./commands/attach.ts'),
);
const commit = entry("Create a new image from a container's changes", () => import('./commands/commit.ts'));
const cp = entry(
  'Copy files/folders between a container and the local filesystem',
  () => import('./commands/cp.ts'),
);
const create = entry('Create a new container', () => import('./commands/create.ts'));
const diff = entry(
  "Inspect changes to files or directories on a container's filesystem",
  () => import('./commands/diff.ts'),
);
const exec = common('Execute a command in a running container', () => import('./commands/exec.ts'));
const exportVerb = entry(
  "Export a container's filesystem as a tar archive",
  () => import('./commands/export.ts'),
);
const kill = entry('Kill one or more running containers', () => import('./commands/kill.ts'));
const logs = entry('Fetch the logs of a container', () => import('./commands/logs.ts'));
const pause = entry('Pause all processes within one or more containers', () => import('./commands/pause.ts'));
const port = entry(
  'List port mappings of a container, or change them while it runs',
  () => import('./commands/port.ts'),
);
const ps = common('List containers', () => import('./commands/ps.ts'));
const rename = entry('Rename a container', () => import('./commands/rename.ts'));
const restart = entry('Restart one or more containers', () => import('./commands/restart.ts'));
const rm = entry('Remove one or more containers', () => import('./commands/rm.ts'));
const run = common('Create and run a new container from an image', () => import('./commands/run.ts'));
const start = entry('Start one or more stopped containers', () => import('./commands/start.ts'));
const stats = entry(
  'Display a live stream of container(s) resource usage statistics',
  () => import('./commands/stats.ts'),
);
const stop = entry('Stop one or more running containers', () => import('./commands/stop.ts'));
const top = entry('Display the running processes of a container', () => import('./commands/top.ts'));
const unpause = entry(
  'Unpause all processes within one or more containers',
  () => import('./commands/unpause.ts'),
);
const update = entry('Update configuration of one or more containers', () => import('./commands/update.ts'));
const wait = entry(
  'Block until one or more containers stop, then print their exit codes',
  () => import('./commands/wait.ts'),
);
const inspect = entry(
  'Return low-level information on Docker objects',
  () => import('./commands/inspect.ts'),
);

const history = entry('Show the history of an image', () => import('./commands/history.ts'));
const images = common('List images', () => import('./commands/images.ts'));
const importVerb = entry(
  'Import the contents from a tarball to create a filesystem image',
  () => import('./commands/import.ts'),
);
const load = entry('Load an image from a tar archive or STDIN', () => import('./commands/load.ts'));
const pull = common('Download an image from a registry', () => import('./commands/pull.ts'));
const push = common('Upload an image to a registry', () => import('./commands/push.ts'));
const rmi = entry('Remove one or more images', () => import('./commands/rmi.ts'));
const save = entry(
  'Save one or more images to a tar archive (streamed to STDOUT by default)',
  () => import('./commands/save.ts'),
);
const tag = entry('Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE', () => import('./commands/tag.ts'));

const events = entry('Get real time events from the server', () => import('./commands/events.ts'));
const info = common('Display system-wide information', () => import('./commands/info.ts'));
const login = common('Authenticate to a registry', () => import('./commands/login.ts'));
const logout = common('Log out from a registry', () => import('./commands/logout.ts'));
const version = common('Show the version of client and engine', () => import('./commands/version.ts'));

/** The verbs at the top. */
export const verbs: Record<string, Entry> = {
  ...{ run, exec, ps, pull, push, images, login, logout, version, info },
  ...{
    attach,
    commit,
    cp,
    create,
    diff,
    events,
    export: exportVerb,
    history,
    import: importVerb,
    inspect,
    kill,
  },
  ...{
    load,
    logs,
    pause,
    port,
    rename,
    restart,
    rm,
    rmi,
    save,
    start,
    stats,
    stop,
    tag,
    top,
    unpause,
    update,
    wait,
  },
  daemon: entry('Run the engine', () => import('./commands/daemon.ts')),
  demo: common('Show the four network modes on real containers', () => import('./commands/demo.ts')),
};

const containerList = ps;
const imageList = images;
const networkList = entry('List networks', () => import('./commands/network/list.ts'));
const networkRemove = entry('Remove one or more networks', () => import('./commands/network/remove.ts'));
const volumeList = entry('List volumes', () => import('./commands/volume/list.ts'));
const volumeRemove = entry('Remove one or more volumes', () => import('./commands/volume/remove.ts'));

/** Verbs in groups: `pontoon container ls` is `pontoon ps`. */
export const groups: Record<string, { summary: string; verbs: Record<string, Entry> }> = {
  container: {
    summary: 'Manage containers',
    verbs: {
      ...{ attach, commit, cp, create, diff, exec, export: exportVerb, kill, logs },
      inspect: entry(
        'Display detailed information on one or more containers',
        () => import('./commands/container/inspect.ts'),
      ),
      ...{ ls: containerList, list: containerList, ps: containerList, pause, port },
      prune: entry('Remove all stopped containers', () => import('./commands/container/prune.ts')),
      ...{ rename, restart, rm, remove: rm, run, start, stats, stop, top, unpause, update, wait },
    },
  },
  image: {
    summary: 'Manage images',
    verbs: {
      ...{ history, import: importVerb },
      inspect: entry(
        'Display detailed information on one or more images',
        () => import('./commands/image/inspect.ts'),
      ),
      ...{ load, ls: imageList, list: imageList },
      prune: entry('Remove unused images', () => import('./commands/image/prune.ts')),
      ...{ pull, push, rm: rmi, remove: rmi, save, tag },
    },
  },
  network: {
    summary: 'Manage networks',
    verbs: {
      attach: entry(
        'Join a running container to a bridge by hand',
        () => import('./commands/network/attach.ts'),
      ),
      check: entry(
        'Compare what is meant to be with what the kernel has',
        () => import('./commands/network/check.ts'),
      ),
      connect: entry('Connect a container to a network', () => import('./commands/network/connect.ts')),
      create: entry('Create a network', () => import('./commands/network/create.ts')),
      detach: entry('Undo `network attach`', () => import('./commands/network/detach.ts')),
      disconnect: entry(
        'Disconnect a container from a network',
        () => import('./commands/network/disconnect.ts'),
      ),
      inspect: entry(
        'Display detailed information on one or more networks',
        () => import('./commands/network/inspect.ts'),
      ),
      ...{ ls: networkList, list: networkList },
      prune: entry('Remove all unused networks', () => import('./commands/network/prune.ts')),
      ...{ rm: networkRemove, remove: networkRemove },
      update: entry(
        'Change what a network allows while containers run',
        () => import('./commands/network/update.ts'),
      ),
    },
  },
  volume: {
    summary: 'Manage volumes',
    verbs: {
      create: entry('Create a volume', () => import('./commands/volume/create.ts')),
      inspect: entry(
        'Display detailed information on one or more volumes',
        () => import('./commands/volume/inspect.ts'),
      ),
      ...{ ls: volumeList, list: volumeList },
      prune: entry('Remove unused local volumes', () => import('./commands/volume/prune.ts')),
      ...{ rm: volumeRemove, remove: volumeRemove },
    },
  },
  system: {
    summary: 'Manage Pontoon',
    verbs: {
      df: entry('Show disk usage', () => import('./commands/system/df.ts')),
      ...{ events, info },
      prune: entry('Remove unused data', () => import('./commands/system/prune.ts')),
    },
  },
  dns: {
    summary: 'Ask the name server of the containers',
    verbs: { query: entry('Ask for a name', () => import('./commands/dns/query.ts')) },
  },
};
