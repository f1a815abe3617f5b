export { SystemError } from './errors.ts';
export {
  deviceParts,
  getAttribute,
  listAttributes,
  makeNode,
  openInRoot,
  type Path,
  setAttribute,
  syncFileSystem,
} from './files.ts';
export { type Lock, lockFile } from './lock.ts';
export { bindMount, type MountFlag, mount, setPropagation, unmount } from './mount.ts';
export { inMountNamespace } from './mount-namespace.ts';
export { createNamespace, inNamespace, removeNamespace } from './namespace.ts';
export { type NetlinkSocket, openNetlink } from './netlink-socket.ts';
export { READABLE, type Watch, WRITABLE, watch, watchDescriptor } from './poller/poller.ts';
export { type BoundPort, bindPort, listenOn } from './port.ts';
export { connectSeqpacket, type SeqpacketStream } from './seqpacket.ts';
export { pipe, reap, spawnProcess } from './spawn.ts';
