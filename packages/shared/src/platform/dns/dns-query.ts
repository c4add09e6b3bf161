/**
 * One question to one DNS server, and its answer as the server gave it: the home of dns-packet. For those who must
 * know who said what; whoever wants mail delivered asks resolver.ts.
 *
 * Over UDP, three times at most, and over TCP when the answer is truncated (RFC 7766 §5) or UDP brought none.
 * EDNS(0) is used, with the DNSSEC records asked for; a server that cannot read it is asked without (RFC 6891 §7).
 * Ends within `timeoutMs`, in a reply or in a `DnsSilence` that says how the server failed. An answer of any code is
 * a reply; nonsense is silence.
 */
import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';
import packets from 'dns-packet';
import type { Answer, Packet } from 'dns-packet';
import { normaliseDomain } from '../values/address.ts';
import { formatHostPort, isAddress, normaliseAddress, parseHostPort } from '../network/addresses.ts';
import type { HostPort } from '../network/addresses.ts';

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

export interface DnsQuestion {
  readonly name: string;
  readonly type: DnsType;
}

export interface DnsReply {
  /** `NOERROR`, `NXDOMAIN`, `REFUSED` … */
  readonly rcode: string;
  /** AA: the server speaks for the zone. */
  readonly authoritative: boolean;
  /** AD: a validating resolver found the signatures good. */
  readonly authenticated: boolean;
  /** The answer holds signatures; whether they are good was not looked at. */
  readonly signed: boolean;
  /** The answer section, CNAMEs on the way included. */
  readonly records: readonly DnsRecord[];
}

/** There is no reply, which says nothing about the records. */
export class DnsSilence extends Error {
  override name = 'DnsSilence';
}

export interface QueryOptions {
  readonly timeoutMs: number;
  /** Whether the server shall ask others. */
  readonly recursion: boolean;
}

const UDP_TRIES = 3;
/** What passes every network unfragmented. */
const UDP_PAYLOAD = 1232;
const AUTHENTIC_DATA = 1 << 5;
const DNSSEC_OK = 1 << 15;

/** A server as node:dns names it: an address, with a port or without. Undefined when it is neither. */
export const dnsServerAt = (server: string): HostPort | undefined =>
  parseHostPort(isAddress(server) && server.includes(':') ? `[${server}]` : server, 53);

/** @throws DnsSilence */
export async function queryDns(
  server: HostPort,
  question: DnsQuestion,
  { timeoutMs, recursion }: QueryOptions,
): Promise<DnsReply> {
  const deadline = Date.now() + timeoutMs;
  const exchange = async (edns: boolean): Promise<Packet> => {
    const query = composeQuery(question, recursion, edns);
    const overUdp = await askUdp(server, query, (deadline - Date.now()) / 2);
    if (overUdp && (overUdp.flags & packets.TRUNCATED_RESPONSE) === 0) return overUdp;
    return askTcp(server, query, deadline - Date.now());
  };
  try {
    const first = await exchange(true);
    const reply = ['FORMERR', 'NOTIMP'].includes(first.rcode ?? '') ? await exchange(false) : first;
    return readReply(reply);
  } catch (error) {
    throw new DnsSilence(`${formatHostPort(server)} ${(error as Error).message}`, { cause: error });
  }
}

interface Query {
  readonly id: number;
  readonly name: string;
  readonly octets: Buffer;
}

function composeQuery({ name, type }: DnsQuestion, recursion: boolean, edns: boolean): Query {
  const id = randomInt(0x10000);
  const octets = packets.encode({
    id,
    type: 'query',
    flags: AUTHENTIC_DATA | (recursion ? packets.RECURSION_DESIRED : 0),
    questions: [{ name, type }],
    ...(edns && {
      additionals: [{ name: '.', type: 'OPT', udpPayloadSize: UDP_PAYLOAD, flags: DNSSEC_OK }],
    }),
  });
  return { id, name: normaliseDomain(name), octets };
}

/** Whether this is an answer to that query and no other. */
function readAnswerTo({ id, name }: Query, octets: Buffer): Packet | undefined {
  const packet = packets.decode(octets);
  const asked = packet.questions[0];
  const fits = packet.id === id && packet.type === 'response';
  return fits && (asked === undefined || normaliseDomain(asked.name) === name) ? packet : undefined;
}

/** Undefined when there was no answer in time: TCP may bring one. */
function askUdp(server: HostPort, query: Query, withinMs: number): Promise<Packet | undefined> {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket(net.isIPv6(server.host) ? 'udp6' : 'udp4');
    let tries = 0;
    const send = (): void => {
      tries += 1;
      if (tries <= UDP_TRIES) return socket.send(query.octets);
      end(() => resolve(undefined));
    };
    const timer = setInterval(send, withinMs / UDP_TRIES);
    function end(settle: () => void): void {
      clearInterval(timer);
      socket.removeAllListeners().on('error', () => undefined);
      socket.close();
      settle();
    }
    socket.on('error', (error) => end(() => reject(new Error(wordsFor(error)))));
    socket.on('message', (octets) => {
      try {
        const packet = readAnswerTo(query, octets);
        if (packet) end(() => resolve(packet));
      } catch {
        end(() => reject(new Error('answers nonsense')));
      }
    });
    socket.connect(server.port, server.host, send);
  });
}

/** A message over TCP has two octets of length before it (RFC 1035 §4.2.2). */
function askTcp(server: HostPort, query: Query, withinMs: number): Promise<Packet> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(server);
    const fail = (words: string): void => {
      socket.destroy();
      reject(new Error(words));
    };
    let received: Buffer = Buffer.alloc(0);
    socket.setTimeout(Math.max(withinMs, 1), () => fail('gives no answer in time'));
    socket.on('error', (error) => fail(wordsFor(error)));
    socket.on('close', () => fail('closes the connection without an answer'));
    socket.on('connect', () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(query.octets.length);
      socket.write(Buffer.concat([length, query.octets]));
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      try {
        const packet = readAnswerTo(query, received.subarray(2, 2 + received.readUInt16BE(0)));
        if (!packet) return fail('answers something else');
        resolve(packet);
        socket.destroy();
      } catch {
        fail('answers nonsense');
      }
    });
  });
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ENETUNREACH: 'cannot be reached from this network',
  EHOSTUNREACH: 'cannot be reached',
  ECONNRESET: 'resets the connection',
};

const wordsFor = (error: NodeJS.ErrnoException): string => words[error.code ?? ''] ?? error.message;

function readReply(packet: Packet): DnsReply {
  const answers = packet.answers ?? [];
  return {
    rcode: packet.rcode ?? 'NOERROR',
    authoritative: (packet.flags & packets.AUTHORITATIVE_ANSWER) !== 0,
    authenticated: (packet.flags & AUTHENTIC_DATA) !== 0,
    signed: answers.some(({ type }) => type === 'RRSIG'),
    records: answers.flatMap((answer) => readRecord(answer) ?? []),
  };
}

const hostName = (data: unknown): string => normaliseDomain(String(data));

const readers: { readonly [T in DnsType]: (data: unknown) => DnsValue<T> } = {
  A: (data) => String(data),
  AAAA: (data) => normaliseAddress(String(data)),
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

function readRecord({ name, type, ttl, data }: Answer): DnsRecord | undefined {
  const read = (readers as Readonly<Record<string, (data: unknown) => DnsValue>>)[type];
  return read && { name: hostName(name), type: type as DnsType, ttl: ttl ?? 0, value: read(data) };
}
