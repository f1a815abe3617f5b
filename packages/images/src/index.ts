export { Images, openImages } from './images.ts';
export type { OnProgress, Progress } from './progress.ts';
export {
  canonicalName,
  familiarName,
  familiarRepository,
  parseReference,
  type Reference,
  withTag,
} from './reference/parse.ts';
export type { RegistryAuth } from './registry/authorize.ts';
export type { RegistrySettings } from './registry/endpoint.ts';
export type { PullOptions } from './registry/pull.ts';
export type { PushOptions } from './registry/push.ts';
export type { Change } from './rootfs/changes.ts';
export { type ContainerUser, resolveUser } from './rootfs/user.ts';
export type { ImageConfiguration, RunConfiguration } from './store/config.ts';
export type { StoredImage } from './store/find.ts';
export { getArchive, type PathStat, putArchive, statPath } from './tree/copy.ts';
export type { CommitOptions } from './verbs/commit.ts';
export type { ImportOptions } from './verbs/import.ts';
export type { Filters } from './verbs/list.ts';
export type { ImageUser, Removed, RemoveOptions } from './verbs/remove.ts';
