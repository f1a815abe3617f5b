export {
  Connection,
  isSystemError,
  openDiagnosis,
  openNetfilter,
  openRoute,
  type Wire,
} from './connection.ts';
export { deleteFlows, type Flow, type FlowProtocol, listFlows } from './conntrack/flows.ts';
export { type Listener, listListeners } from './diag/listeners.ts';
export type { TableFamily } from './nftables/fields.ts';
export { decodeKey, encodeKey, type KeyPart, type KeyType } from './nftables/key.ts';
export { deleteTable, listElements, listRuleChains, listTables, type RawElement } from './nftables/read.ts';
export { type PortRewrite, rewritePorts } from './nftables/rewrite.ts';
export { type Change, type Element, transaction } from './nftables/transaction.ts';
export {
  addAddress,
  deleteAddress,
  type LinkAddress,
  listAddresses,
  type NewAddress,
} from './route/address.ts';
export { changeLink, type LinkChange } from './route/change.ts';
export {
  createBridge,
  createDummy,
  createIpvlan,
  createMacvlan,
  createVeth,
  type LinkSettings,
  type Namespace,
  type NewLink,
  UNFINISHED_GROUP,
} from './route/create.ts';
export {
  deleteLink,
  deleteLinkAside,
  type Link,
  type LinkStatistics,
  linkByIndex,
  linkByName,
  listLinks,
} from './route/link.ts';
export { addRoute, deleteRoute, listRoutes, type NewRoute, type Route } from './route/route.ts';
export { type Exchange, scripted } from './scripted.ts';
export { type Group, type Notices, type Subscription, subscribe } from './subscribe.ts';
export { addressBytes, addressText, familyOf, macBytes, macText } from './wire/address.ts';
export type { Message } from './wire/message.ts';
