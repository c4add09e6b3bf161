/**
 * Reads the addresses of one name, and the views of its updaters, from an authoritative name server, and
 * changes them by UPDATE (RFC 2136) with TSIG.
 *
 * An update lists the records that must exist before it (RFC 2136 §2.4.2), so it never overwrites a change by
 * another updater. IPv4 and IPv6 addresses change in one message, all or none of them. Views change in a
 * second message, because a Knot ACL that permits one record type per owner name refuses a mixed update.
 * Methods reject with `UpdateFault`.
 */
import { isIPv4 } from 'node:net';
import { composeQuery, readRecord } from '@mailpair/shared/platform/dns/dns-message';
import type { DnsMessage } from '@mailpair/shared/platform/dns/dns-message';
import { addressOctets } from '@mailpair/shared/platform/network/addresses';
import type { PublishedAddress } from './balance.ts';
import { exchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { faultOfRcode, UpdateFault } from './faults.ts';
import { classes, composeUpdate, encodeName, types } from './update-message.ts';
import type { ResourceRecord } from './update-message.ts';
import { viewsNameOf } from './view.ts';

/** The published records. */
export interface Standing {
  readonly addresses: readonly PublishedAddress[];
  /** The RDATA of the TXT records that contain the views (view.ts). */
  readonly views: readonly Buffer[];
}

/** Individual view records to remove and to add. */
export interface ViewChange {
  readonly drop: readonly Buffer[];
  readonly add: readonly Buffer[];
}

export interface RecordServer {
  /** Finds the zone that contains the name. */
  findZone(): Promise<string>;
  read(): Promise<Standing>;
  /** Resolves with false, without a change, if the published records differ from `before`. */
  replace(zone: string, before: Standing, after: readonly PublishedAddress[]): Promise<boolean>;
  /** Resolves with false, without a change, if the published views differ from `before`. */
  changeViews(zone: string, before: Standing, change: ViewChange): Promise<boolean>;
}

/**
 * All views have one TTL, as all records of a set must (RFC 2181 §5.2). Updaters read them only from the
 * primary server.
 */
const VIEW_TTL_SECONDS = 60;
/**
 * The limit for the views with their owner names. A message that requires and removes all of them stays below
 * 65,536 octets.
 */
const MOST_VIEW_OCTETS = 28_000;

const families = [
  { name: 'A', type: types.A, has: isIPv4 },
  { name: 'AAAA', type: types.AAAA, has: (address: string) => !isIPv4(address) },
] as const;
const nothing = Buffer.alloc(0);

export function createRecordServer(parts: Exchange): RecordServer {
  const { asked } = parts;
  const { host } = asked;
  const viewsName = viewsNameOf(host);

  async function update(
    zone: string,
    prerequisites: readonly ResourceRecord[],
    updates: readonly ResourceRecord[],
  ): Promise<boolean> {
    const { rcode } = await exchange(
      { ...parts, asked: { ...asked, zone, change: true } },
      (id) => composeUpdate(id, zone, prerequisites, updates),
      ['NXRRSET', 'YXRRSET'],
    );
    return rcode === 'NOERROR';
  }

  return {
    async findZone() {
      const message = await ask(parts, host, 'SOA');
      const soa = soaOf(message);
      if (!message.isAuthoritative || soa === undefined) throw faultOfRcode('NOTAUTH', asked);
      return soa;
    },
    async read() {
      const addresses: PublishedAddress[] = [];
      for (const { name } of families) addresses.push(...(await readAddresses(parts, name)));
      return { addresses, views: await readViews(parts) };
    },
    replace(zone, before, after) {
      const sets = families.map(({ type, has }) => ({
        type,
        was: before.addresses.filter(({ address }) => has(address)),
        be: after.filter(({ address }) => has(address)),
      }));
      const prerequisites = [
        ...sets.flatMap(({ type, was }) => mustBe(host, type, was.map(dataOf))),
        ...mustBe(viewsName, types.TXT, before.views),
      ];
      const updates = sets
        .filter(({ was, be }) => !isSame(was, be))
        .flatMap(({ type, be }) => [
          { name: host, type, class: classes.ANY, ttl: 0, data: nothing },
          ...be.map((published) => recordOf(host, type, published)),
        ]);
      return update(zone, prerequisites, updates);
    },
    changeViews(zone, { views }, { drop, add }) {
      // Adds and deletes individual records of a set (RFC 2136 §2.5.1, §2.5.4).
      const of = { name: viewsName, type: types.TXT };
      return update(zone, mustBe(viewsName, types.TXT, views), [
        ...drop.map((data) => ({ ...of, class: classes.NONE, ttl: 0, data })),
        ...add.map((data) => ({ ...of, class: classes.IN, ttl: VIEW_TTL_SECONDS, data })),
      ]);
    },
  };
}

const ask = (parts: Exchange, name: string, type: string): Promise<DnsMessage> =>
  exchange(parts, (id) => composeQuery(id, { name, type }), ['NXDOMAIN']);

async function readAddresses(parts: Exchange, type: 'A' | 'AAAA'): Promise<PublishedAddress[]> {
  const { asked } = parts;
  const { host } = asked;
  const message = await ask(parts, host, type);
  if (!message.isAuthoritative) throw faultOfRcode('NOTAUTH', asked);
  const answers = message.answers.filter(({ name }) => name === host);
  if (answers.some((answer) => answer.type === 'CNAME'))
    throw new UpdateFault(
      `${host} is a CNAME, which has no addresses of its own, and which no MX may lead to (RFC 2181 10.3): ` +
        'remove the CNAME from its zone',
    );
  return answers
    .filter((answer) => answer.type === type)
    .map((answer) => ({ address: readRecord(answer)?.value as string, ttlSeconds: answer.ttl }));
}

async function readViews(parts: Exchange): Promise<Buffer[]> {
  const viewsName = viewsNameOf(parts.asked.host);
  const message = await ask(parts, viewsName, 'TXT');
  const found = message.answers
    .filter(({ name, type }) => name === viewsName && type === 'TXT')
    .map(({ data }) => textOctets(data as Buffer[]));
  const octetsBeside = encodeName(viewsName).length + 10;
  const octets = found.reduce((sum, data) => sum + octetsBeside + data.length, 0);
  if (octets > MOST_VIEW_OCTETS)
    throw new UpdateFault(
      `the TXT records of ${viewsName} hold ${octets} octets, more than ${MOST_VIEW_OCTETS}: remove those records ` +
        'from the zone; every updater writes its own record again',
    );
  return found;
}

/** The RDATA of a TXT record with the given strings (RFC 1035 §3.3.14). */
const textOctets = (strings: readonly Buffer[]): Buffer =>
  Buffer.concat(strings.flatMap((octets) => [Buffer.of(octets.length), octets]));

/** The prerequisite that a set consists of exactly these records, or does not exist. */
function mustBe(name: string, type: number, set: readonly Buffer[]): ResourceRecord[] {
  if (set.length === 0) return [{ name, type, class: classes.NONE, ttl: 0, data: nothing }];
  return set.map((data) => ({ name, type, class: classes.IN, ttl: 0, data }));
}

const dataOf = ({ address }: PublishedAddress): Buffer => addressOctets(address);

const recordOf = (name: string, type: number, published: PublishedAddress): ResourceRecord => ({
  name,
  type,
  class: classes.IN,
  ttl: published.ttlSeconds,
  data: dataOf(published),
});

const isSame = (a: readonly PublishedAddress[], b: readonly PublishedAddress[]): boolean =>
  a.length === b.length &&
  a.every((one) => b.some((other) => one.address === other.address && one.ttlSeconds === other.ttlSeconds));

/**
 * The SOA is in the answer section if the query was for the zone apex, otherwise in the authority section.
 */
const soaOf = ({ answers, authorities }: DnsMessage): string | undefined =>
  [...answers, ...authorities].find(({ type }) => type === 'SOA')?.name;
