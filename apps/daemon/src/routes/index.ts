/** Which function answers which row of the route table. One that is missing does not compile. */
import { type Route, routeOf, type ServedOperation } from '@pontoon/api';
import type { Operate } from '../call.ts';
import { archive } from './archive.ts';
import { attachment } from './attachment.ts';
import { build } from './build.ts';
import { container } from './container.ts';
import { exec } from './exec.ts';
import { image } from './image.ts';
import { network } from './network.ts';
import { refusals } from './refusal.ts';
import { registry } from './registry.ts';
import { stream } from './stream.ts';
import { system } from './system.ts';
import { volume } from './volume.ts';

const operations: Record<ServedOperation, Operate> = {
  ...archive,
  ...attachment,
  ...build,
  ...container,
  ...exec,
  ...image,
  ...network,
  ...registry,
  ...stream,
  ...system,
  ...volume,
};

export function operationOf(route: Route): Operate {
  if (route.refused) return refusals[route.refused];
  return operations[routeOf(route.operation as ServedOperation).operation as ServedOperation];
}
