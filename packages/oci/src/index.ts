export { DetachKeys, parseKeys } from './attach/keys.ts';
export type { AttachedStreams, OutputChunk } from './attach/streams.ts';
export { type CgroupMode, cgroupMode } from './cgroup/mode.ts';
export type { BlockIoEntry, Statistics } from './cgroup/statistics.ts';
export { Containers, findConmon } from './containers/containers.ts';
export type { CreateOptions } from './containers/create.ts';
export type { ExecOptions, ExecSession } from './containers/exec.ts';
export type { ExitListener, ExitStatus } from './containers/exits.ts';
export { type ContainerState, signalNumber } from './containers/state.ts';
export type { LogRecord } from './log/format.ts';
export { type ReadLogOptions, readLog } from './log/read.ts';
export { detectRuntime, findProgram, type Runtime, type RuntimeKind } from './runtime/detect.ts';
export { StartFault } from './runtime/errors.ts';
export {
  buildProcess,
  buildSpec,
  containerCapabilities,
  MASKED_PATHS,
  type ProcessInput,
  type ProcessSpec,
  READONLY_PATHS,
  type Spec,
} from './spec/build.ts';
export { blockDevice, hostDevices, readDevices } from './spec/devices.ts';
export { type HostFacts, hostFacts } from './spec/host.ts';
export type { DeviceNode, MountInput, Namespaces, SpecInput, Ulimit, User } from './spec/input.ts';
export type { Resources, Throttle } from './spec/resources.ts';
export type { SeccompProfile } from './spec/seccomp.ts';
