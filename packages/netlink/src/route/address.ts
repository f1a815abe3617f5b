import { type Connection, isSystemError } from '../connection.ts';
import { AF_INET, AF_INET6, familyOf } from '../wire/address.ts';
import { type Message, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../wire/message.ts';
import { ADDRESS_HEAD, addressFields, RTM_DELADDR, RTM_GETADDR, RTM_NEWADDR } from './fields.ts';

/** An address of a link, as `ip address` shows it. */
export interface LinkAddress {
  link: number;
  address: string;
  prefixLength: number;
  broadcast?: string;
  /** IPv6, still being checked for duplicates: not usable yet. */
  tentative: boolean;
  scope: number;
}

/** include/uapi/linux/if_addr.h */
const IFA_F_NODAD = 0x02;
const IFA_F_TENTATIVE = 0x40;

export interface NewAddress {
  link: number;
  address: string;
  prefixLength: number;
  broadcast?: string;
  /** IPv6: usable at once, not checked for duplicates on the wire (which takes 1 to 2 s). */
  noDad?: boolean;
  /** No error where it is there already. */
  replace?: boolean;
}

/** `ip address add ADDRESS/LENGTH dev LINK`. @throws {SystemError} EEXIST */
export function addAddress(c: Connection, o: NewAddress): void {
  const flags = NLM_F_CREATE | (o.replace ? NLM_F_REPLACE : NLM_F_EXCL);
  c.request(`RTM_NEWADDR ${o.address}/${o.prefixLength}`, RTM_NEWADDR, flags, encode(o));
}

/** @returns false where it, or its link, was gone */
export function deleteAddress(c: Connection, o: NewAddress): boolean {
  try {
    c.request(`RTM_DELADDR ${o.address}/${o.prefixLength}`, RTM_DELADDR, 0, encode(o));
    return true;
  } catch (error) {
    if (isSystemError(error, 'EADDRNOTAVAIL', 'ENODEV')) return false;
    throw error;
  }
}

/** Both families, of one link or of all. */
export function listAddresses(c: Connection, o: { link?: number; family?: 4 | 6 } = {}): LinkAddress[] {
  const families = o.family === 4 ? [AF_INET] : o.family === 6 ? [AF_INET6] : [AF_INET, AF_INET6];
  return families
    .flatMap((family) => c.dump('RTM_GETADDR', RTM_GETADDR, head({ family, link: o.link ?? 0 })))
    .map(decodeAddress)
    .filter(({ link }) => !o.link || link === o.link);
}

export function decodeAddress({ body }: Message): LinkAddress {
  const fields = addressFields.decode(body.subarray(ADDRESS_HEAD));
  const flags = fields.flags ?? body.readUInt8(2);
  return {
    link: body.readUInt32LE(4),
    // IFA_ADDRESS is the far end of a point-to-point link; IFA_LOCAL, where present, is ours.
    address: fields.local ?? fields.address ?? '',
    prefixLength: body.readUInt8(1),
    ...(fields.broadcast ? { broadcast: fields.broadcast } : {}),
    tentative: (flags & IFA_F_TENTATIVE) !== 0,
    scope: body.readUInt8(3),
  };
}

function encode(o: NewAddress): Buffer {
  const { address, broadcast } = o;
  const fields = { address, local: address, broadcast, flags: o.noDad ? IFA_F_NODAD : undefined };
  return Buffer.concat([head({ ...o, family: familyOf(address) }), addressFields.encode(fields)]);
}

function head(o: { family: number; prefixLength?: number; link: number }): Buffer {
  const bytes = Buffer.alloc(ADDRESS_HEAD);
  bytes.writeUInt8(o.family, 0);
  bytes.writeUInt8(o.prefixLength ?? 0, 1);
  bytes.writeUInt32LE(o.link, 4);
  return bytes;
}
