/** The door of the engine room: every verb by its name, `verb(engine, …)`. */

export type { RuntimeKind } from '@pontoon/oci';
export type { BuildOptions } from './building/arguments.ts';
export { buildImage } from './building/build.ts';
export { pruneBuilds } from './building/cache.ts';
export {
  archiveStat,
  containerChanges,
  exportContainer,
  getArchive,
  putArchive,
} from './container/archive.ts';
export { attachContainer } from './container/attach.ts';
export { type CommitContainerOptions, commitContainer } from './container/commit.ts';
export { createContainer } from './container/create.ts';
export { inspectContainer } from './container/inspect.ts';
export { killContainer } from './container/kill.ts';
export { type ListContainersOptions, listContainers } from './container/list.ts';
export { containerLogs } from './container/logs.ts';
export { pauseContainer, unpauseContainer } from './container/pause.ts';
export { pruneContainers } from './container/prune.ts';
export { removeContainer } from './container/remove.ts';
export { renameContainer } from './container/rename.ts';
export { resizeContainer } from './container/resize.ts';
export { restartContainer } from './container/restart.ts';
export { startContainer } from './container/start.ts';
export { containerStats, type StatsOptions } from './container/stats.ts';
export { stopContainer } from './container/stop.ts';
export { topContainer } from './container/top.ts';
export { updateContainer } from './container/update.ts';
export { waitContainer } from './container/wait.ts';
export type { Engine, EngineOptions, Log, LogLevel } from './engine.ts';
export { createExec } from './exec/create.ts';
export { inspectExec, resizeExec } from './exec/inspect.ts';
export { type StartExecOptions, startExec } from './exec/start.ts';
export type { Filters } from './filters.ts';
export { importImage, loadImages, saveImages } from './image/archive.ts';
export { imageHistory, inspectImage } from './image/inspect.ts';
export { type ListImagesOptions, listImages } from './image/list.ts';
export {
  authenticate,
  distributionOf,
  pullImage,
  pushImage,
  searchImages,
  type TransferOptions,
} from './image/registry.ts';
export { pruneImages, removeImage } from './image/remove.ts';
export { tagImage } from './image/tag.ts';
export { createAttachment, removeAttachment } from './network/attach.ts';
export { changePorts } from './network/change-ports.ts';
export { connectNetwork } from './network/connect.ts';
export { createNetwork } from './network/create.ts';
export { disconnectNetwork } from './network/disconnect.ts';
export { inspectNetwork } from './network/inspect.ts';
export { listNetworks } from './network/list.ts';
export { planContainer, planNetwork } from './network/plan.ts';
export { queryName } from './network/query.ts';
export { pruneNetworks, removeNetwork } from './network/remove.ts';
export { checkNetwork, updateNetwork } from './network/update.ts';
export { closeEngine, openEngine } from './open.ts';
export { diskUsage } from './system/df.ts';
export { type EventsOptions, subscribeEvents } from './system/events.ts';
export { systemInfo } from './system/info.ts';
export { systemVersion } from './system/version.ts';
export { createVolume } from './volume/create.ts';
export { inspectVolume, listVolumes } from './volume/list.ts';
export { pruneVolumes, removeVolume } from './volume/remove.ts';
