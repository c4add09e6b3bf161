/**
 * The addresses of one name in an authoritative name server: read, and replaced by RFC 2136 updates with TSIG.
 *
 * A replacement names what must stand there before it (RFC 2136 §2.4.2), so nobody else's change is overwritten unseen.
 * Both families change in one message: all of it or nothing. Methods reject with `UpdateFault`.
 */
import { isIPv4 } from 'node:net';
import { addressOctets, formatAddress } from './address-octets.ts';
import type { PublishedAddress } from './balance.ts';
import { exchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { faultOfRcode, rcodes, UpdateFault } from './faults.ts';
import { classes, composeQuery, composeUpdate, types } from './message.ts';
import type { Message, ResourceRecord } from './message.ts';

export interface RecordServer {
  /** The zone that the name lies in. */
  findZone(): Promise<string>;
  read(): Promise<PublishedAddress[]>;
  /** Resolves with false when something else stands there than `before`; nothing has changed then. */
  replace(
    zone: string,
    before: readonly PublishedAddress[],
    after: readonly PublishedAddress[],
  ): Promise<boolean>;
}

const families = [
  { type: types.A, has: isIPv4 },
  { type: types.AAAA, has: (address: string) => !isIPv4(address) },
];

export function createRecordServer(parts: Exchange): RecordServer {
  const { asked } = parts;
  const { host } = asked;
  const isMissing = [rcodes.NXDOMAIN];

  async function readType(type: number): Promise<PublishedAddress[]> {
    const message = await exchange(parts, (id) => composeQuery(id, host, type), isMissing);
    if (!message.isAuthoritative) throw faultOfRcode(rcodes.NOTAUTH, asked);
    const answers = message.sections[0].filter(({ name }) => name === host);
    if (answers.some((answer) => answer.type === types.CNAME))
      throw new UpdateFault(
        `${host} is a CNAME, which has no addresses of its own, and which no MX may lead to (RFC 2181 10.3): ` +
          'remove the CNAME from its zone',
      );
    return answers
      .filter((answer) => answer.type === type)
      .map(({ data, ttl }) => ({ address: formatAddress(data), ttlSeconds: ttl }));
  }

  return {
    async findZone() {
      const message = await exchange(parts, (id) => composeQuery(id, host, types.SOA), isMissing);
      const soa = soaOf(message);
      if (!message.isAuthoritative || soa === undefined) throw faultOfRcode(rcodes.NOTAUTH, asked);
      return soa;
    },
    async read() {
      const found: PublishedAddress[] = [];
      for (const { type } of families) found.push(...(await readType(type)));
      return found;
    },
    async replace(zone, before, after) {
      const sets = families.map(({ type, has }) => ({
        type,
        was: before.filter(({ address }) => has(address)),
        be: after.filter(({ address }) => has(address)),
      }));
      const prerequisites = sets.flatMap(({ type, was }) => mustBe(host, type, was));
      const updates = sets
        .filter(({ was, be }) => !isSame(was, be))
        .flatMap(({ type, be }) => [
          { name: host, type, class: classes.ANY, ttl: 0, data: Buffer.alloc(0) },
          ...be.map((published) => recordOf(host, type, published)),
        ]);
      const { rcode } = await exchange(
        { ...parts, asked: { ...asked, zone, change: true } },
        (id) => composeUpdate(id, zone, prerequisites, updates),
        [rcodes.NXRRSET, rcodes.YXRRSET],
      );
      return rcode === rcodes.NOERROR;
    },
  };
}

/** The set as it must be: these records and no others, or none at all. */
function mustBe(name: string, type: number, set: readonly PublishedAddress[]): ResourceRecord[] {
  if (set.length === 0) return [{ name, type, class: classes.NONE, ttl: 0, data: Buffer.alloc(0) }];
  return set.map(({ address }) => ({ name, type, class: classes.IN, ttl: 0, data: addressOctets(address) }));
}

const recordOf = (name: string, type: number, { address, ttlSeconds }: PublishedAddress): ResourceRecord => ({
  name,
  type,
  class: classes.IN,
  ttl: ttlSeconds,
  data: addressOctets(address),
});

const isSame = (a: readonly PublishedAddress[], b: readonly PublishedAddress[]): boolean =>
  a.length === b.length &&
  a.every((one) => b.some((other) => one.address === other.address && one.ttlSeconds === other.ttlSeconds));

/** The zone's SOA stands in the answer when it was asked for at its top, else in the authority section. */
const soaOf = ({ sections: [answer, authority] }: Message): string | undefined =>
  [...answer, ...authority].find(({ type }) => type === types.SOA)?.name;
