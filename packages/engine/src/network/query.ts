import type { DnsQueryResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { answersOf } from '@pontoon/network';
import { requireContainer } from '../container/find.ts';
import type { Engine } from '../engine.ts';
import { hostView } from './host-names.ts';
import { viewOf } from './resolver.ts';

const TYPES = ['A', 'AAAA', 'PTR', 'SRV'];

/** GET /dns/query: what a container would be told of a name, or, where none is named, the host. Nobody else is asked. */
export async function queryName(
  engine: Engine,
  { name, type = 'A', container }: { name: string; type?: string; container?: string },
): Promise<DnsQueryResponse> {
  if (!TYPES.includes(type))
    throw new Fault('invalid', `names have records of type ${TYPES.join(', ')}, not ${type}`);
  const view = container ? viewOf(engine, requireContainer(engine, container)) : hostView(engine);
  const Answers = answersOf(view, name, type).map(({ ttl, data }) => ({
    ...{ Name: name, Type: type, Ttl: ttl, Data: data },
  }));
  return { Name: name, Type: type, Answers };
}
