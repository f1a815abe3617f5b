import type {
  Finding as FindingShape,
  NetworkCheckResponse,
  NetworkInspect,
  NetworkUpdateBody,
} from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Finding } from '@pontoon/network';
import type { Engine } from '../engine.ts';
import { networkEvent } from './events.ts';
import { isPredefined, requireNetwork } from './find.ts';
import { inspectNetwork } from './inspect.ts';

/** POST /networks/{id}/update: labels at once; what the kernel holds changes in place, by comparison with the new intent. */
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
  if (kernel && record.intent) engine.network.changeNetwork(record.intent);
  networkEvent(engine, record, 'update');
  return inspectNetwork(engine, record.id);
}

/** GET /networks/check, and POST /networks/repair: intent and kernel compared. */
export async function checkNetwork(engine: Engine, o: { repair: boolean }): Promise<NetworkCheckResponse> {
  return { Findings: engine.network.check({ repair: o.repair, inside: true }).map(describeFinding) };
}

function describeFinding({ kind, subject, problem, detail, repaired }: Finding): FindingShape {
  return { Kind: kind, Subject: subject, Problem: problem, Detail: detail, Repaired: repaired };
}
