/**
 * A DNS server for tests on 127.0.0.1, UDP and TCP on one free port, authoritative for every name. Where resolvers
 * know no port but 53, it may be given that and a loopback address of its own.
 *
 * A name that is neither in the zone nor above one that is gets NXDOMAIN, a name without the type NODATA, both
 * with an SOA (RFC 2308). CNAMEs are followed inside the zone. UDP answers over 512 octets are truncated, so that
 * the client comes back over TCP (RFC 1035 §4.2.1). A fault stands in place of a name's records or of one type's:
 * SERVFAIL and REFUSED are answered, TIMEOUT is silence, NXDOMAIN and GARBAGE are what they say.
 */
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import packets from 'dns-packet';
import type { Answer, Packet, Question } from 'dns-packet';

export type DnsFault = 'SERVFAIL' | 'REFUSED' | 'NXDOMAIN' | 'TIMEOUT' | 'GARBAGE';

export interface DnsRecords {
  A?: readonly string[] | DnsFault;
  AAAA?: readonly string[] | DnsFault;
  /** Preference and exchange; '.' for a null MX. */
  MX?: readonly (readonly [number, string])[] | DnsFault;
  /** Texts over 255 octets are split into strings. */
  TXT?: readonly string[] | DnsFault;
  /** Of a name in in-addr.arpa or ip6.arpa. */
  PTR?: readonly string[] | DnsFault;
  CNAME?: readonly [string] | DnsFault;
}

export type DnsZone = Record<string, DnsRecords | DnsFault>;

export interface DnsQuery {
  readonly name: string;
  readonly type: string;
  readonly over: 'udp' | 'tcp';
}

export interface TestDns {
  /** Host and port, as `dns.servers` wants it. */
  readonly address: string;
  /** Every query so far, in order. */
  readonly queries: readonly DnsQuery[];
  /** How many queries there were for a name, of one type if given. */
  count(name: string, type?: string): number;
  /** Puts a name into the zone, in place of what it had. */
  set(name: string, records: DnsRecords | DnsFault): void;
  remove(name: string): void;
  /** More than once does no harm. */
  close(): Promise<void>;
}

const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
const UDP_OCTETS = 512;
const TTL = 60;
const SOA = {
  mname: 'ns.test',
  rname: 'root.test',
  serial: 1,
  refresh: 60,
  retry: 60,
  expire: 60,
  minimum: 60,
};

type Zone = Map<string, DnsRecords | DnsFault>;
type Rcode = keyof typeof RCODES;

/** What a question is answered: records, or a refusal, or nothing that makes sense, or nothing at all. */
type Finding = { rcode: Rcode; answers: Answer[] } | 'TIMEOUT' | 'GARBAGE';

export async function startDns(
  initial: DnsZone = {},
  at: { readonly host?: string; readonly port?: number } = {},
): Promise<TestDns> {
  const host = at.host ?? '127.0.0.1';
  const zone: Zone = new Map(Object.entries(initial).map(([name, records]) => [key(name), records]));
  const queries: DnsQuery[] = [];

  function respond(query: Packet, over: 'udp' | 'tcp'): Buffer | undefined {
    const question = query.questions[0] ?? { name: '.', type: 'A' };
    queries.push({ name: key(question.name), type: question.type, over });
    const finding = find(zone, question);
    if (finding === 'TIMEOUT') return undefined;
    if (finding === 'GARBAGE') return garbage(query);
    const full = packets.encode(response(query, finding));
    return over === 'udp' && full.length > UDP_OCTETS ? packets.encode(truncated(query)) : full;
  }

  const { tcp, udp, port, sockets } = await listen(respond, host, at.port ?? 0);
  let closed: Promise<void> | undefined;
  return {
    address: `${host}:${port}`,
    queries,
    count: (name, type) =>
      queries.filter((query) => query.name === key(name) && (type ?? query.type) === query.type).length,
    set: (name, records) => void zone.set(key(name), records),
    remove: (name) => void zone.delete(key(name)),
    close: () => (closed ??= close({ tcp, udp, sockets })),
  };
}

const key = (name: string): string => name.toLowerCase().replace(/\.$/, '');

function find(zone: Zone, { name, type }: Question): Finding {
  const answers: Answer[] = [];
  for (let at = key(name); ;) {
    const entry = zone.get(at);
    if (entry === undefined) return { rcode: isAbove(zone, at) ? 'NOERROR' : 'NXDOMAIN', answers };
    const records = typeof entry === 'string' ? entry : entry[type as keyof DnsRecords];
    if (records === 'TIMEOUT' || records === 'GARBAGE') return records;
    if (typeof records === 'string') return { rcode: records, answers };
    for (const record of records ?? [])
      answers.push({ name: at, type, ttl: TTL, data: dataOf(type, record) });
    const alias = typeof entry === 'string' ? undefined : entry.CNAME?.[0];
    if (records !== undefined || alias === undefined || answers.some((answer) => answer.name === at)) {
      return { rcode: 'NOERROR', answers };
    }
    answers.push({ name: at, type: 'CNAME', ttl: TTL, data: alias });
    at = key(alias);
  }
}

/** Whether names exist below this one, so that it exists too (RFC 8020). */
const isAbove = (zone: Zone, name: string): boolean =>
  [...zone.keys()].some((each) => each.endsWith(`.${name}`));

function dataOf(type: string, record: string | readonly [number, string]): unknown {
  if (typeof record !== 'string') return { preference: record[0], exchange: record[1] };
  if (type !== 'TXT') return record;
  return record === '' ? [''] : record.match(/.{1,255}/gs);
}

function response(query: Packet, { rcode, answers }: { rcode: Rcode; answers: Answer[] }): Packet {
  const { AUTHORITATIVE_ANSWER, RECURSION_DESIRED, RECURSION_AVAILABLE } = packets;
  const isNegative =
    rcode === 'NXDOMAIN' || (rcode === 'NOERROR' && answers.every((answer) => answer.type === 'CNAME'));
  return {
    id: query.id,
    type: 'response',
    flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | (query.flags & RECURSION_DESIRED) | RCODES[rcode],
    questions: query.questions,
    answers,
    authorities: isNegative ? [{ name: '.', type: 'SOA', ttl: TTL, data: SOA }] : [],
  };
}

function truncated(query: Packet): Packet {
  const empty = response(query, { rcode: 'NOERROR', answers: [] });
  return { ...empty, flags: empty.flags | packets.TRUNCATED_RESPONSE, authorities: [] };
}

/** A header that promises an answer, and no answer. */
function garbage(query: Packet): Buffer {
  const message = packets.encode(response(query, { rcode: 'NOERROR', answers: [] }));
  message.writeUInt16BE(1, 6);
  return message.subarray(0, message.length - 4);
}

interface Sockets {
  readonly tcp: net.Server;
  readonly udp: dgram.Socket;
  /** Connections over TCP that are open. */
  readonly sockets: Set<net.Socket>;
}

async function close({ tcp, udp, sockets }: Sockets): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await Promise.all([
    new Promise<void>((resolve) => udp.close(() => resolve())),
    new Promise<void>((resolve) => tcp.close(() => resolve())),
  ]);
}

type Respond = (query: Packet, over: 'udp' | 'tcp') => Buffer | undefined;

async function listen(
  respond: Respond,
  host: string,
  wanted: number,
): Promise<Sockets & { readonly port: number }> {
  const sockets = new Set<net.Socket>();
  const tcp = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    answerStream(socket, respond);
  });
  for (let tries = 0; ; tries++) {
    tcp.listen(wanted, host);
    await once(tcp, 'listening');
    const { port } = tcp.address() as AddressInfo;
    const udp = dgram.createSocket('udp4');
    udp.on('message', (message, from) => {
      const answer = respond(packets.decode(message), 'udp');
      if (answer) udp.send(answer, from.port, from.address);
    });
    try {
      udp.bind(port, host);
      await once(udp, 'listening');
      return { tcp, udp, port, sockets };
    } catch (error) {
      // The port is free for TCP and taken for UDP: another one.
      if (tries === 9) throw error;
      await new Promise((resolve) => tcp.close(resolve));
    }
  }
}

/** Messages over TCP have two octets of length before them (RFC 1035 §4.2.2). */
function answerStream(socket: net.Socket, respond: Respond): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const answer = respond(packets.decode(pending.subarray(2, end)), 'tcp');
      pending = pending.subarray(end);
      if (!answer) continue;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([length, answer]));
    }
  });
}
