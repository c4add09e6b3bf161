/**
 * Finds the zone that a name is in, and its name servers, by queries to resolvers. Each name is looked up
 * once.
 */
import { formatHostPort } from '@mailpair/shared/platform/network/addresses';
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-exchange';
import type { NameServer } from './ask-server.ts';
import type { Detours } from './detours.ts';
import type { Answer, Lookup } from './world.ts';

export interface Zone {
  readonly name: string;
  /** An `Answer` represents a server that cannot be queried; it is the answer to every question. */
  readonly servers: readonly (NameServer | Answer)[];
}

/** Resolves with an `Answer` if the zone cannot be determined. */
export function createZoneFinder(
  askResolvers: (question: DnsQuestion) => Promise<Answer>,
  detours: Detours,
): (name: string) => Promise<Zone | Answer> {
  const zones = new Map<string, Promise<Zone | Answer>>();

  function findZone(name: string): Promise<Zone | Answer> {
    const known = zones.get(name);
    if (known) return known;
    const found = readZone(name);
    zones.set(name, found);
    return found;
  }

  /** Reads the nearest ancestor that has NS records. */
  async function readZone(name: string): Promise<Zone | Answer> {
    if (!name.includes('.'))
      return { server: 'DNS', lookup: { kind: 'unknown', why: `no zone was found above ${name}` } };
    const answer = await askResolvers({ name, type: 'NS' });
    if (answer.lookup.kind === 'unknown') return answer;
    const hosts = namesIn(answer.lookup).sort();
    if (hosts.length === 0) return findZone(name.slice(name.indexOf('.') + 1));
    const servers = hosts.map((host) => findServer(host, name));
    return { name, servers: await Promise.all(servers) };
  }

  async function findServer(host: string, zone: string): Promise<NameServer | Answer> {
    const doubts: Answer[] = [];
    for (const type of ['A', 'AAAA'] as const) {
      const { lookup } = await askResolvers({ name: host, type });
      const [address] = namesIn(lookup);
      if (address !== undefined) {
        const at = detours(host, address, 53);
        return { title: `${host} (${formatHostPort(at)})`, at };
      }
      if (lookup.kind === 'unknown') doubts.push({ server: host, lookup });
    }
    return doubts[0] ?? { server: host, lookup: { kind: 'lame', zone, why: 'has no address' } };
  }

  return findZone;
}

const namesIn = (lookup: Lookup | Answer['lookup']): string[] =>
  lookup.kind === 'records'
    ? lookup.records.flatMap(({ value }) => (typeof value === 'string' ? [value] : []))
    : [];
