export { addressBytes, addressText, type Family, familyOf, macBytes, macText } from './address.ts';
export {
  Connection,
  type Message,
  openDiagnosis,
  openNetfilter,
  openRoute,
  type Wire,
} from './connection.ts';
export { deleteFlows, type Flow, listFlows } from './conntrack/flows.ts';
export { type Listener, listListeners } from './diag/listeners.ts';
export type { Element, KeyPart, KeyType } from './nftables/elements.ts';
export { deleteTable, listElements, listTables, type SetShape } from './nftables/read.ts';
export { type Change, transaction } from './nftables/transaction.ts';
export { addAddress, deleteAddress, type LinkAddress, listAddresses } from './route/address.ts';
export { changeLink, type LinkChange } from './route/change.ts';
export * from './route/create.ts';
export {
  deleteLink,
  type Link,
  type LinkStatistics,
  linkByIndex,
  linkByName,
  listLinks,
} from './route/link.ts';
export { addRoute, deleteRoute, listRoutes, type Route } from './route/route.ts';
export { scripted } from './scripted.ts';
export { type Notice, type Subscription, subscribe } from './subscribe.ts';
