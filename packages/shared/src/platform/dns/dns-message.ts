/**
 * DNS messages (RFC 1035 §4) as octets and as values: the home of dns-packet. Names are read in the form that they are
 * compared in, and never hold anything but printable ASCII. Pure; what cannot be read throws `MalformedMessage`.
 */
import { isIPv4, isIPv6 } from 'node:net';
import packets from 'dns-packet';
import type { Answer, Packet } from 'dns-packet';
import { normaliseDomain } from '../values/address.ts';
import { normaliseAddress } from '../network/addresses.ts';

interface Values {
  A: string;
  AAAA: string;
  CNAME: string;
  NS: string;
  PTR: string;
  /** The strings of the record joined. */
  TXT: string;
  /** `exchange` is '' for the root. */
  MX: { readonly preference: number; readonly exchange: string };
  /** `data` in lower-case hexadecimal. */
  TLSA: {
    readonly usage: number;
    readonly selector: number;
    readonly matching: number;
    readonly data: string;
  };
  CAA: { readonly flags: number; readonly tag: string; readonly value: string };
  /** Only that there is one is of interest. */
  DS: string;
}

export type DnsType = keyof Values;
export type DnsValue<T extends DnsType = DnsType> = Values[T];

export interface DnsRecord<T extends DnsType = DnsType> {
  readonly name: string;
  readonly type: T;
  /** Seconds. */
  readonly ttl: number;
  readonly value: DnsValue<T>;
}

/** A record of any type, its data as dns-packet reads it. */
export interface RawRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly data: unknown;
}

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  /** AA: the server speaks for the zone. */
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  /** AD: a validating resolver found the signatures good. */
  readonly isAuthenticated: boolean;
  /** `NOERROR`, `NXDOMAIN`, `REFUSED` … */
  readonly rcode: string;
  readonly question: { readonly name: string; readonly type: string } | undefined;
  readonly answers: readonly RawRecord[];
  readonly authorities: readonly RawRecord[];
}

export class MalformedMessage extends Error {
  override name = 'MalformedMessage';
}

const HEADER_OCTETS = 12;
/** What passes every network unfragmented. */
const UDP_PAYLOAD = 1232;

export interface QueryFlags {
  /** Whether the server shall ask others. */
  readonly recursion?: boolean;
  /** EDNS(0) (RFC 6891), and with it the records of DNSSEC. */
  readonly edns?: 'plain' | 'signatures';
  /** Whether it shall be said if the answer is authentic (RFC 6840 §5.7). */
  readonly authentic?: boolean;
}

export function composeQuery(
  id: number,
  { name, type }: { readonly name: string; readonly type: string },
  { recursion = false, edns, authentic = false }: QueryFlags = {},
): Buffer {
  const flags = edns === 'signatures' ? packets.DNSSEC_OK : 0;
  return packets.encode({
    id,
    type: 'query',
    flags: (authentic ? packets.AUTHENTIC_DATA : 0) | (recursion ? packets.RECURSION_DESIRED : 0),
    questions: [{ name, type }],
    ...(edns && { additionals: [{ name: '.', type: 'OPT', udpPayloadSize: UDP_PAYLOAD, flags }] }),
  });
}

/** The answer of a server that speaks for the zone, and asks others too for whoever wants that. */
export function composeAnswer(
  { id, question }: Pick<DnsMessage, 'id' | 'question'>,
  rcode: 'NOERROR' | 'NXDOMAIN',
  records: readonly DnsRecord<'A' | 'MX' | 'PTR'>[],
): Buffer {
  const { AUTHORITATIVE_ANSWER, RECURSION_DESIRED, RECURSION_AVAILABLE } = packets;
  const code = rcode === 'NXDOMAIN' ? 3 : 0;
  return packets.encode({
    id,
    type: 'response',
    flags: AUTHORITATIVE_ANSWER | RECURSION_DESIRED | RECURSION_AVAILABLE | code,
    questions: question ? [question] : [],
    answers: records.map(({ value, ...record }) => ({ ...record, data: value })),
  });
}

/** @throws MalformedMessage */
export function parseMessage(octets: Buffer): DnsMessage {
  const { id, type, flags, rcode = 'NOERROR', questions, answers = [], authorities = [] } = decode(octets);
  const [question] = questions;
  return {
    id,
    isResponse: type === 'response',
    isAuthoritative: (flags & packets.AUTHORITATIVE_ANSWER) !== 0,
    isTruncated: (flags & packets.TRUNCATED_RESPONSE) !== 0,
    isAuthenticated: (flags & packets.AUTHENTIC_DATA) !== 0,
    rcode,
    question: question && { name: hostName(question.name), type: question.type },
    answers: answers.map(rawRecord),
    authorities: authorities.map(rawRecord),
  };
}

function decode(octets: Buffer): Packet {
  const read = isUpdate(octets) ? headerOf(octets) : octets;
  const packet = guarded(() => packets.decode(read));
  if (packets.decode.bytes > read.length) throw new MalformedMessage('the message ends too early');
  return packet;
}

/** An answer to an UPDATE may repeat its records (RFC 2136 §3.8), of which some have no data as dns-packet wants it. */
const isUpdate = (octets: Buffer): boolean =>
  octets.length >= HEADER_OCTETS && ((octets[2]! >> 3) & 0xf) === 5;

/** The header of a message that holds nothing else. */
const headerOf = (octets: Buffer): Buffer => Buffer.concat([octets.subarray(0, 4), Buffer.alloc(8)]);

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new MalformedMessage((error as Error).message);
  }
}

const rawRecord = ({ name, type, ttl = 0, data }: Answer): RawRecord => ({
  name: hostName(name),
  type,
  ttl,
  data,
});

/** The name at a place and where it ends. @throws MalformedMessage */
export function readName(octets: Buffer, at: number): { readonly name: string; readonly end: number } {
  const name = guarded(() => packets.name.decode(octets, at));
  return { name: hostName(name), end: at + packets.name.decode.bytes };
}

/** Where the last record of a message begins, and undefined when it has none. @throws MalformedMessage */
export function lastRecordAt(octets: Buffer): number | undefined {
  const [questions = 0, ...sections] = guarded(() => [4, 6, 8, 10].map((at) => octets.readUInt16BE(at)));
  const records = sections.reduce((sum, count) => sum + count, 0);
  let at = HEADER_OCTETS;
  let last: number | undefined;
  for (let index = 0; index < questions; index += 1) at = readName(octets, at).end + 4;
  for (let index = 0; index < records; index += 1) {
    last = at;
    const { end } = readName(octets, at);
    at = end + 10 + guarded(() => octets.readUInt16BE(end + 8));
  }
  if (at !== octets.length) throw new MalformedMessage('the message does not end with its last record');
  return last;
}

/** Undefined for a type that is of no interest. @throws MalformedMessage */
export function readRecord({ name, type, ttl, data }: RawRecord): DnsRecord | undefined {
  const read = (readers as Readonly<Record<string, (data: unknown) => DnsValue>>)[type];
  return read && { name, type: type as DnsType, ttl, value: read(data) };
}

/**
 * The form in which names of messages are compared: normalised, and what is not printable is escaped (RFC 1035 §5.1),
 * because names of strangers are written to logs and header fields.
 */
export function hostName(data: unknown): string {
  const name = normaliseDomain(String(data));
  return /^[!-~]*$/.test(name) ? name : [...Buffer.from(name)].map(escapeOctet).join('');
}

const escapeOctet = (octet: number): string =>
  octet > 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\${String(octet).padStart(3, '0')}`;

const readers: { readonly [T in DnsType]: (data: unknown) => DnsValue<T> } = {
  A: (data) => addressIn(data, isIPv4),
  AAAA: (data) => normaliseAddress(addressIn(data, isIPv6)),
  CNAME: hostName,
  NS: hostName,
  PTR: hostName,
  TXT: (data) => Buffer.concat(data as Buffer[]).toString(),
  MX: (data) => {
    const { preference, exchange } = data as { preference: number; exchange: string };
    return { preference, exchange: hostName(exchange) };
  },
  TLSA: (data) => {
    const tlsa = data as { usage: number; selector: number; matchingType: number; certificate: Buffer };
    const { usage, selector, matchingType: matching, certificate } = tlsa;
    return { usage, selector, matching, data: certificate.toString('hex') };
  },
  CAA: (data) => {
    const { flags, tag, value } = data as DnsValue<'CAA'>;
    return { flags, tag, value };
  },
  DS: (data) => JSON.stringify(data),
};

function addressIn(data: unknown, isOne: (text: string) => boolean): string {
  const text = String(data);
  if (isOne(text)) return text;
  throw new MalformedMessage('a record of an address holds none');
}
