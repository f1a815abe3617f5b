import { isIP } from 'node:net';
import dns, { type Answer, type Packet, type Question } from 'dns-packet';
import { addressOfPointer, pointerOf, type View } from './names.ts';

/** Seconds. Docker's: moby, libnetwork/resolver.go, respTTL. */
const TTL_S = 600;
/** Largest UDP message without EDNS: RFC 1035, section 4.2.1. */
const PLAIN_BYTES = 512;

/** What to do with a query: say this, or pass it on. `lasts`: the same is said until the names change. */
export type Reply = { kind: 'answer'; packet: Packet; lasts?: true } | { kind: 'forward' };

/** Answers from what the view knows; the rest is for the servers. @param turn a counter: shared names take turns */
export function answer(query: Packet, view: View, turn: number): Reply {
  const [question] = query.questions ?? [];
  if (!question) return { kind: 'answer', packet: response(query, { rcode: 'FORMERR' }) };
  if (query.opcode !== undefined && query.opcode !== 'QUERY')
    return { kind: 'answer', packet: response(query, { rcode: 'NOTIMP' }) };
  const known = question.type === 'PTR' ? pointers(question, view) : records(question, view, turn);
  if (known) return { kind: 'answer', packet: response(query, known), lasts: true };
  if (view.forwards()) return { kind: 'forward' };
  const rcode = view.zone && !isIn(view.zone, question.name) ? 'REFUSED' : 'NXDOMAIN';
  return { kind: 'answer', packet: response(query, { rcode }) };
}

const isIn = (zone: string, name: string): boolean => `.${name.toLowerCase()}`.endsWith(`.${zone}`);

/** The records that a view has for a name, or for an address where it is given in place of one ("172.18.0.2", PTR). */
export function answersOf(view: View, name: string, type: string): { ttl: number; data: string }[] {
  const asked = type === 'PTR' && isIP(name) ? pointerOf(name) : name;
  const reply = answer({ type: 'query', questions: [{ name: asked, type }] }, view, 0);
  const { answers = [] } = reply.kind === 'answer' ? reply.packet : {};
  return answers.map(({ ttl = TTL_S, data }) => ({ ttl, data: textOf(data) }));
}

/** As dig(1) prints it. */
function textOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return String(data);
  const { priority, weight, port, target } = data as Record<string, unknown>;
  return `${priority} ${weight} ${port} ${target}.`;
}

type Known = { answers?: Answer[]; additionals?: Answer[]; rcode?: string };

function pointers(question: Question, view: View): Known | undefined {
  const address = addressOfPointer(question.name);
  const name = address && view.nameOf(address);
  return name ? { answers: [{ name: question.name, type: 'PTR', ttl: TTL_S, data: name }] } : undefined;
}

/** A name that is known, but not with this type, has an empty answer: RFC 2308, section 2.2 (NODATA). */
function records(question: Question, view: View, turn: number): Known | undefined {
  if (question.type === 'SRV') return services(question, view);
  const found = view.addressesOf(question.name.toLowerCase());
  if (!found) return undefined;
  const addresses = found.flatMap((address) => addressRecord(question.name, address));
  const asked = addresses.filter(({ type }) => type === question.type || question.type === 'ANY');
  const start = asked.length > 1 ? turn % asked.length : 0;
  return { answers: [...asked.slice(start), ...asked.slice(0, start)] };
}

/** `_8080._tcp.web`: RFC 2782. Containers have no names for ports, so numbers stand in their place. */
function services({ name, type }: Question, view: View): Known | undefined {
  const [, port, target = ''] = /^_(\d{1,5})\._(?:tcp|udp|sctp)\.(.+)$/i.exec(name) ?? [];
  const found = view.addressesOf(target.toLowerCase());
  if (!port || !found) return undefined;
  const data = { priority: 0, weight: 0, port: Number(port), target };
  return {
    answers: [{ name, type, ttl: TTL_S, data }],
    additionals: found.flatMap((address) => addressRecord(target, address)),
  };
}

function addressRecord(name: string, address: string): Answer[] {
  return [{ name, type: address.includes(':') ? 'AAAA' : 'A', ttl: TTL_S, data: address }];
}

export function response(query: Packet, known: Known): Packet {
  const desired = (query.flags ?? 0) & dns.RECURSION_DESIRED;
  const code = CODES[known.rcode ?? 'NOERROR'] ?? 0;
  return {
    type: 'response',
    id: query.id ?? 0,
    flags: desired | dns.RECURSION_AVAILABLE | code,
    questions: query.questions ?? [],
    answers: known.answers ?? [],
    additionals: known.additionals ?? [],
  };
}

/** RFC 1035, section 4.1.1: the last four bits of the flags. */
const CODES: Record<string, number> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};

/** For UDP: what does not fit is left out, and said to be (TC), so that the asker comes back by TCP. */
export function encodeForDatagram(packet: Packet, query: Packet): Buffer {
  const whole = dns.encode(packet);
  const edns = query.additionals?.find(({ type }) => type === 'OPT')?.udpPayloadSize ?? PLAIN_BYTES;
  if (whole.length <= Math.max(edns, PLAIN_BYTES)) return whole;
  const flags = (packet.flags ?? 0) | dns.TRUNCATED_RESPONSE;
  return dns.encode({ ...packet, flags, answers: [], additionals: [] });
}
