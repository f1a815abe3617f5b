import { changeLink } from '@pontoon/netlink';
import { applyStep } from '../apply.ts';
import type { Kernel } from '../kernel.ts';
import type { BridgeLink, Cable, Step, VethPair } from '../plan.ts';
import { limits, need, raiseLimit } from '../steps.ts';

/** GSO_MAX_SEGS, include/linux/netdevice.h: no limit. */
export const ANY_SEGMENTS = 65_535;

/** Changes what is there into what the step would have made, in place: nothing that stands on it goes. */
export function adjust(kernel: Kernel, step: Step): void {
  if (step.kind === 'bridge') adjustBridge(kernel, step);
  else if (step.kind === 'veth') adjustVeth(kernel, step);
  else if (step.kind === 'pair') adjustPair(kernel, step);
  else applyStep(kernel, step);
}

function adjustBridge(kernel: Kernel, { name, mtu, offload }: BridgeLink): void {
  const { index, tsoMaxSize } = need(kernel, undefined, name);
  changeLink(kernel.host, index, { mtu });
  if (offload && tsoMaxSize) changeLink(kernel.host, index, limits(Math.min(offload, tsoMaxSize)));
}

function adjustVeth(kernel: Kernel, step: VethPair): void {
  const { mtu, offload, isolated, inside } = step;
  adjustPort(kernel, step.name, step.bridge, { mtu, offload, isolated });
  const gsoMaxSegments = step.segments ?? ANY_SEGMENTS;
  const inner = need(kernel, inside.namespace, inside.name);
  changeLink(kernel.route(inside.namespace), inner.index, { mtu, ...limits(offload), gsoMaxSegments });
}

function adjustPair(kernel: Kernel, step: Cable): void {
  const { mtu, offload } = step;
  adjustPort(kernel, step.name, step.bridge, { mtu, offload, isolated: step.isolated });
  adjustPort(kernel, step.peer, step.peerBridge, { mtu, offload });
}

interface PortSettings {
  mtu?: number | undefined;
  offload?: number | undefined;
  isolated?: boolean | undefined;
}

/** A link of the host, as a port of a bridge or of none. */
function adjustPort(kernel: Kernel, name: string, bridge: string | undefined, o: PortSettings): void {
  const { index } = need(kernel, undefined, name);
  const master = bridge === undefined ? undefined : need(kernel, undefined, bridge);
  const size = { mtu: o.mtu, ...limits(o.offload) };
  changeLink(kernel.host, index, { ...size, ...(master ? { master: master.index } : {}) });
  // A port's setting needs the port: not in the message that makes it one.
  changeLink(kernel.host, index, { up: true, ...(master ? { isolated: o.isolated } : {}) });
  if (master) raiseLimit(kernel, master, o.offload);
}
