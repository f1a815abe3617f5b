import type {
  Finding as FindingShape,
  NetworkCheckResponse,
  NetworkInspect,
  NetworkUpdateBody,
} from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Finding } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import type { NetworkRecord } from '../record.ts';
import { networkEvent } from './events.ts';
import { isPredefined, requireNetwork } from './find.ts';
import { inspectNetwork, membersOf } from './inspect.ts';
import { sandboxOf } from './sandbox.ts';

/** POST /networks/{id}/update: labels at once; what the kernel holds changes by comparison with the new intent. */
export async function updateNetwork(
  engine: Engine,
  ref: string,
  body: NetworkUpdateBody,
): Promise<NetworkInspect> {
  const record = requireNetwork(engine, ref);
  const { Mtu, Icc, Internal, Labels } = body;
  const kernel = Mtu !== undefined || Icc !== undefined || Internal !== undefined;
  if (kernel && (!record.intent || isPredefined(record)))
    throw new Fault('forbidden', `operation is not permitted on predefined ${record.name} network`);
  if (Labels) record.labels = Labels;
  if (record.intent && kernel) {
    Object.assign(record.intent, {
      ...(Mtu === undefined ? {} : { mtu: Mtu }),
      ...(Icc === undefined ? {} : { icc: Icc }),
      ...(Internal === undefined ? {} : { internal: Internal }),
    });
    record.internal = record.intent.internal;
  }
  engine.store.networks.save(record);
  if (kernel) engine.network.check({ repair: true, inside: true });
  if (Mtu !== undefined || Icc !== undefined) remakeLinks(engine, record);
  networkEvent(engine, record, 'update');
  return inspectNetwork(engine, record.id);
}

/** What a link is given at its making changes by making it anew: its members are off the network for a moment. */
function remakeLinks(engine: Engine, record: NetworkRecord): void {
  const { intent } = record;
  if (!intent) return;
  for (const { container, endpoint } of membersOf(engine, record)) {
    engine.network.disconnect(sandboxOf(engine, container), intent, endpoint);
    engine.network.connect(sandboxOf(engine, container), intent, endpoint);
  }
}

/** GET /networks/check, and POST /networks/repair: intent and kernel compared. */
export async function checkNetwork(engine: Engine, o: { repair: boolean }): Promise<NetworkCheckResponse> {
  return { Findings: engine.network.check({ repair: o.repair, inside: true }).map(describeFinding) };
}

function describeFinding({ kind, subject, problem, detail, repaired }: Finding): FindingShape {
  return { Kind: kind, Subject: subject, Problem: problem, Detail: detail, Repaired: repaired };
}
