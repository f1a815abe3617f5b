/** What each operation with JSON in it takes and gives: the types of `EngineClient.call`. */
import type * as container from './types/container.ts';
import type * as exec from './types/exec.ts';
import type * as image from './types/image.ts';
import type * as network from './types/network.ts';
import type * as pontoon from './types/pontoon.ts';
import type * as stats from './types/stats.ts';
import type * as system from './types/system.ts';
import type * as volume from './types/volume.ts';

export interface Shapes {
  SystemVersion: { answer: system.SystemVersion };
  SystemInfo: { answer: system.SystemInfo };
  SystemDataUsage: { answer: system.DiskUsage };
  SystemAuth: { body: image.AuthConfig; answer: image.AuthResponse };
  SystemEvents: { answer: system.EventMessage };

  ContainerList: { answer: container.ContainerSummary[] };
  ContainerCreate: { body: container.ContainerCreateBody; answer: container.ContainerCreateResponse };
  ContainerInspect: { answer: container.ContainerInspect };
  ContainerTop: { answer: container.ContainerTopResponse };
  ContainerChanges: { answer: container.FilesystemChange[] | null };
  ContainerStats: { answer: stats.ContainerStats };
  ContainerUpdate: { body: container.ContainerUpdateBody; answer: container.ContainerUpdateResponse };
  ContainerWait: { answer: container.ContainerWaitResponse };
  ContainerPrune: { answer: container.ContainerPruneResponse };
  ContainerStart: { answer: undefined };
  ContainerStop: { answer: undefined };
  ContainerRestart: { answer: undefined };
  ContainerKill: { answer: undefined };
  ContainerRename: { answer: undefined };
  ContainerPause: { answer: undefined };
  ContainerUnpause: { answer: undefined };
  ContainerResize: { answer: undefined };
  ContainerDelete: { answer: undefined };
  ImageCommit: { body: container.ContainerConfig; answer: { Id: string } };

  ContainerExec: { body: exec.ExecCreateBody; answer: exec.ExecCreateResponse };
  ExecStart: { body: exec.ExecStartBody; answer: undefined };
  ExecInspect: { answer: exec.ExecInspect };
  ExecResize: { answer: undefined };

  AttachmentCreate: { body: pontoon.AttachmentBody; answer: pontoon.Attachment };
  AttachmentDelete: { answer: undefined };
  PortChange: { body: pontoon.PortChangeBody; answer: pontoon.PortChangeResponse };
  ContainerPlan: { body: container.ContainerCreateBody; answer: pontoon.PlanResponse };

  NetworkList: { answer: network.NetworkInspect[] };
  NetworkInspect: { answer: network.NetworkInspect };
  NetworkCreate: { body: network.NetworkCreateBody; answer: network.NetworkCreateResponse };
  NetworkDelete: { answer: undefined };
  NetworkConnect: { body: network.NetworkConnectBody; answer: undefined };
  NetworkDisconnect: { body: network.NetworkDisconnectBody; answer: undefined };
  NetworkPrune: { answer: network.NetworkPruneResponse };
  NetworkUpdate: { body: pontoon.NetworkUpdateBody; answer: network.NetworkInspect };
  NetworkCheck: { answer: pontoon.NetworkCheckResponse };
  NetworkRepair: { answer: pontoon.NetworkCheckResponse };
  NetworkPlan: { body: network.NetworkCreateBody; answer: pontoon.PlanResponse };
  DnsQuery: { answer: pontoon.DnsQueryResponse };

  VolumeList: { answer: volume.VolumeListResponse };
  VolumeCreate: { body: volume.VolumeCreateBody; answer: volume.Volume };
  VolumeInspect: { answer: volume.Volume };
  VolumeDelete: { answer: undefined };
  VolumePrune: { answer: volume.VolumePruneResponse };

  ImageList: { answer: image.ImageSummary[] };
  ImageInspect: { answer: image.ImageInspect };
  ImageHistory: { answer: image.ImageHistoryItem[] };
  ImageTag: { answer: undefined };
  ImageDelete: { answer: image.ImageDeleteItem[] };
  ImagePrune: { answer: image.ImagePruneResponse };
  ImageSearch: { answer: image.ImageSearchItem[] };
  DistributionInspect: { answer: image.DistributionInspect };
  ImageCreate: { answer: image.ProgressMessage };
  ImageLoad: { answer: image.ProgressMessage };
  ImagePush: { answer: image.ProgressMessage };
}

export type BodyOf<O extends keyof Shapes> = Shapes[O] extends { body: infer B } ? B : undefined;
export type AnswerOf<O extends keyof Shapes> = Shapes[O]['answer'];
