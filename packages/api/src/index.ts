/** The door of the API room: the Engine API as wire types, a table of routes, and a client made from it. */
export { type EngineAddress, parseAddress } from './address.ts';
export { faultOf, statusOf } from './answer.ts';
export {
  type CallOptions,
  type ClientOptions,
  connectEngine,
  EngineClient,
  type Hijacked,
  type Upload,
} from './client.ts';
export { decodeFrames, encodeFrame, type Frame, multiplexedStream, rawStream } from './frames.ts';
export { decodeLines } from './lines.ts';
export {
  apiVersion,
  type Operation,
  oldestApiVersion,
  pathOf,
  type Refusal,
  type Route,
  routeOf,
  routes,
  type ServedOperation,
} from './routes.ts';
export type { AnswerOf, BodyOf, Shapes } from './shapes.ts';
export type {
  Address,
  ContainerConfig,
  ContainerCreateBody,
  ContainerCreateResponse,
  ContainerInspect,
  ContainerPruneResponse,
  ContainerState,
  ContainerStatus,
  ContainerSummary,
  ContainerTopResponse,
  ContainerUpdateBody,
  ContainerUpdateResponse,
  ContainerWaitResponse,
  FilesystemChange,
  GraphDriver,
  Health,
  HealthConfig,
  HealthcheckResult,
  NetworkSettings,
  PathStat,
  Port,
  WaitCondition,
} from './types/container.ts';
export type { ExecCreateBody, ExecCreateResponse, ExecInspect, ExecStartBody } from './types/exec.ts';
export type {
  DeviceMapping,
  DeviceRequest,
  HostConfig,
  LogConfig,
  PortBinding,
  PortMap,
  Resources,
  RestartPolicy,
  ThrottleDevice,
  Ulimit,
  UpdateBody,
  WeightDevice,
} from './types/host-config.ts';
export type {
  AuthConfig,
  AuthResponse,
  BuildPruneResponse,
  Descriptor,
  DistributionInspect,
  ImageConfig,
  ImageDeleteItem,
  ImageHistoryItem,
  ImageInspect,
  ImagePruneResponse,
  ImageSearchItem,
  ImageSummary,
  Platform,
  ProgressMessage,
} from './types/image.ts';
export type { MountPoint, MountRequest, MountType } from './types/mount.ts';
export type {
  EndpointIpamConfig,
  EndpointSettings,
  Ipam,
  IpamConfig,
  NetworkConnectBody,
  NetworkContainer,
  NetworkCreateBody,
  NetworkCreateResponse,
  NetworkDisconnectBody,
  NetworkInspect,
  NetworkingConfig,
  NetworkPruneResponse,
} from './types/network.ts';
export type {
  Attachment,
  AttachmentBody,
  DnsQueryResponse,
  Finding,
  NetworkCheckResponse,
  NetworkUpdateBody,
  PlanResponse,
  PlanStep,
  PortChangeBody,
  PortChangeResponse,
} from './types/pontoon.ts';
export type {
  BlkioEntry,
  BlkioStats,
  ContainerStats,
  CpuStats,
  InterfaceStats,
  MemoryStats,
} from './types/stats.ts';
export type {
  BuildCacheItem,
  DiskUsage,
  ErrorResponse,
  EventMessage,
  IndexInfo,
  RuntimeInfo,
  SystemInfo,
  SystemVersion,
} from './types/system.ts';
export type { Volume, VolumeCreateBody, VolumeListResponse, VolumePruneResponse } from './types/volume.ts';
