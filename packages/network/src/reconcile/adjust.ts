import { changeLink } from '@pontoon/netlink';
import { applyStep, type Kernel, limits, need, raiseLimit } from '../apply.ts';
import type { BridgeLink, Step, VethPair } from '../plan.ts';

/** GSO_MAX_SEGS, include/linux/netdevice.h: no limit. */
export const ANY_SEGMENTS = 65_535;

/** Changes what is there into what the step would have made, in place: nothing that stands on it goes. */
export function adjust(kernel: Kernel, step: Step): void {
  if (step.kind === 'bridge') adjustBridge(kernel, step);
  else if (step.kind === 'veth') adjustVeth(kernel, step);
  else applyStep(kernel, step);
}

function adjustBridge(kernel: Kernel, { name, mtu, offload }: BridgeLink): void {
  const { index, tsoMaxSize } = need(kernel, undefined, name);
  changeLink(kernel.host, index, { mtu });
  if (offload && tsoMaxSize) changeLink(kernel.host, index, limits(Math.min(offload, tsoMaxSize)));
}

function adjustVeth(kernel: Kernel, step: VethPair): void {
  const { mtu, offload, isolated, inside } = step;
  const size = { mtu, ...limits(offload) };
  const { index } = need(kernel, undefined, step.name);
  const bridge = need(kernel, undefined, step.bridge);
  changeLink(kernel.host, index, { ...size, master: bridge.index });
  // A port's setting needs the port: not in the message that makes it one.
  changeLink(kernel.host, index, { isolated, up: true });
  raiseLimit(kernel, bridge, offload);
  const gsoMaxSegments = step.segments ?? ANY_SEGMENTS;
  const inner = need(kernel, inside.namespace, inside.name);
  changeLink(kernel.route(inside.namespace), inner.index, { ...size, gsoMaxSegments });
}
