import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import type { AttachmentBody, Attachment as AttachmentShape } from '@pontoon/api';
import { Fault } from '@pontoon/fault';
import type { Attachment } from '@pontoon/network';
import { requireContainer, requireRunning } from '../container/find.ts';
import type { Engine } from '../engine.ts';
import type { ContainerRecord } from '../record.ts';
import { freeInterface } from './allocate.ts';
import { hasSandbox, sandboxOf } from './sandbox.ts';
import { describeAttachment } from './settings.ts';

/** POST /containers/{id}/attachments: what pipework does. */
export async function createAttachment(
  engine: Engine,
  ref: string,
  body: AttachmentBody,
): Promise<AttachmentShape> {
  const { id } = requireContainer(engine, ref);
  return engine.queues.run(id, () => attach(engine, id, body));
}

function attach(engine: Engine, id: string, body: AttachmentBody): AttachmentShape {
  const record = requireContainer(engine, id);
  requireRunning(record);
  refuseShared(record);
  const attachment = readAttachment(record, body);
  record.attachments.push(attachment);
  engine.store.containers.save(record);
  try {
    engine.network.attach(sandboxOf(engine, record), attachment);
  } catch (error) {
    forget(engine, record, attachment);
    throw error;
  }
  return describeAttachment(attachment);
}

/** DELETE /containers/{id}/attachments/{name}: by interface, bridge or id. */
export async function removeAttachment(engine: Engine, ref: string, name: string): Promise<void> {
  const { id } = requireContainer(engine, ref);
  await engine.queues.run(id, () => {
    const record = requireContainer(engine, id);
    const attachment = record.attachments.find((one) => [one.interface, one.bridge, one.id].includes(name));
    if (!attachment) throw new Fault('not-found', `No such attachment: ${name}`);
    engine.network.detach(sandboxOf(engine, record), attachment);
    forget(engine, record, attachment);
  });
}

function forget(engine: Engine, record: ContainerRecord, { id }: Attachment): void {
  record.attachments = record.attachments.filter((one) => one.id !== id);
  engine.store.containers.save(record);
}

function refuseShared(record: ContainerRecord): void {
  if (hasSandbox(record)) return;
  throw new Fault(
    'invalid',
    'container sharing network namespace with another container or host cannot be attached to a bridge',
  );
}

function readAttachment(record: ContainerRecord, body: AttachmentBody): Attachment {
  const id = randomBytes(32).toString('hex');
  const name = body.Interface || freeInterface(record, 'eth');
  for (const link of [body.Bridge, name]) checkLinkName(link);
  if (freeInterface(record, name.replace(/\d+$/, '')) !== name && isTaken(record, name))
    throw new Fault('conflict', `interface ${name} already exists in container ${record.name}`);
  checkAddress(body);
  return {
    ...{ id, interface: name, bridge: body.Bridge, hostLink: `veth${id.slice(0, 7)}` },
    ...(body.Address ? { address: body.Address } : {}),
    ...(body.Gateway ? { gateway: body.Gateway } : {}),
    ...(body.MacAddress ? { mac: body.MacAddress.toLowerCase() } : {}),
  };
}

const isTaken = (record: ContainerRecord, name: string) =>
  [...record.endpoints, ...record.attachments].some((one) => one.interface === name);

function checkLinkName(name: string): void {
  if (!name || name.length > 15 || /[\s/:]/.test(name) || name === '.' || name === '..')
    throw new Fault('invalid', `invalid interface name "${name ?? ''}": it has 1 to 15 characters`);
}

function checkAddress({ Address, Gateway, MacAddress }: AttachmentBody): void {
  if (Address) {
    const [address = '', length = ''] = Address.split('/');
    const most = isIP(address) === 6 ? 128 : 32;
    if (!isIP(address) || !/^\d+$/.test(length) || Number(length) > most)
      throw new Fault('invalid', `invalid CIDR address: ${Address}`);
  }
  if (Gateway && !isIP(Gateway)) throw new Fault('invalid', `invalid gateway address: ${Gateway}`);
  if (MacAddress && !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(MacAddress))
    throw new Fault('invalid', `invalid MAC address: ${MacAddress}`);
}
