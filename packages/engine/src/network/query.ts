import type { DnsQueryResponse } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import { requireContainer } from '../container/find.ts';
import type { Engine } from '../engine.ts';
import { namesOn } from './files.ts';
import { isPredefined } from './find.ts';

/** Seconds; what a name leads to changes with the next start. */
const TTL = 600;

/** GET /dns/query: what a container, or any, would be told of a container's name. */
export async function queryName(
  engine: Engine,
  { name, type = 'A', container }: { name: string; type?: string; container?: string },
): Promise<DnsQueryResponse> {
  if (type !== 'A' && type !== 'AAAA')
    throw new Fault('invalid', `names have records of type A and AAAA, not ${type}`);
  const family = type === 'A' ? 4 : 6;
  const asking = container
    ? requireContainer(engine, container).endpoints.map(({ networkId }) => networkId)
    : undefined;
  const addresses = engine.store.containers.all().flatMap((record) =>
    record.endpoints
      .filter(({ networkId }) => {
        const network = engine.store.networks.get(networkId);
        return network && !isPredefined(network) && (asking?.includes(networkId) ?? true);
      })
      .filter(({ networkId }) => namesOn(record, networkId).includes(name))
      .flatMap(({ addresses }) => addresses.filter((address) => address.family === family)),
  );
  return {
    ...{ Name: name, Type: type },
    Answers: addresses.map(({ address }) => ({ Name: name, Type: type, Ttl: TTL, Data: address })),
  };
}
