/**
 * What is remembered of the clients in one network (an IPv4 /24, an IPv6 /48) whose mail was taken with nothing against it. Pure.
 *
 * A large provider is known by its network as a whole: five clients there delivered mail of one domain that passed DMARC, so that
 * the sixth is no stranger. A network has a bounded number of places. When they are taken the client with the shortest standing
 * goes, so that neighbours who come and go take the place of each other and not of a sender of long standing.
 */
import { clientOf, neighbourhoodOf } from '../../platform/network/client-network.ts';

export interface Heard {
  /** Since when it is known without a gap, ms since the epoch. */
  readonly since: number;
  /** When it delivered last. */
  readonly at: number;
  /** The registered domain for which its mail passed DMARC; '' for none. */
  readonly domain: string;
}

/** By client: an IPv4 address, or an IPv6 network of 64 bits. */
export type Neighbours = ReadonlyMap<string, Heard>;

const KNOWN_MS = 7 * 24 * 3_600_000;
/** A client that delivers all the time is not noted each time. */
export const NEWS_MS = 3_600_000;
const MOST = 8;
const WHOLE = 5;
/** A network that was known as a whole at so recent a time needs nobody else to vouch for it. */
const FRESH_MS = 24 * 3_600_000;

export const isRecent = (heard: Heard | undefined, now: number): heard is Heard =>
  heard !== undefined && now - heard.at < KNOWN_MS;

/** For how long the one of longest standing has been known. */
export const standingOf = (neighbours: Neighbours, now: number): number =>
  Math.max(0, ...[...neighbours.values()].filter((heard) => isRecent(heard, now)).map(lengthOf));

const lengthOf = ({ since, at }: Heard): number => at - since;

/** The domain by which the network is known as a whole, and until when it last was. */
export function wholeOf(
  neighbours: Neighbours,
  now: number,
): { readonly domain: string; readonly at: number } | null {
  if (neighbours.size < WHOLE) return null;
  const times = new Map<string, number[]>();
  for (const heard of neighbours.values())
    if (heard.domain !== '' && isRecent(heard, now))
      times.set(heard.domain, [...(times.get(heard.domain) ?? []), heard.at]);
  let whole: { domain: string; at: number } | null = null;
  for (const [domain, ats] of times) {
    const at = ats.sort((a, b) => b - a)[WHOLE - 1];
    if (at !== undefined && (!whole || at > whole.at)) whole = { domain, at };
  }
  return whole;
}

/** @returns what is remembered then: the same object when it is no news */
export function hear(neighbours: Neighbours, client: string, heard: Heard, now: number): Neighbours {
  const found = neighbours.get(client);
  const before = isRecent(found, now) ? found : undefined;
  const whole = before ? null : wholeOf(neighbours, now);
  if (whole && now - whole.at < FRESH_MS) return neighbours;
  const next = before ? together(neighbours, before, heard) : heard;
  if (before && !isNews(before, next)) return neighbours;
  const others = [...neighbours].filter(([other, of]) => other !== client && isRecent(of, now));
  if (others.length >= MOST) others.splice(shortestOf(others), 1);
  return new Map([...others, [client, next]]);
}

const isNews = (before: Heard, next: Heard): boolean =>
  next.at - before.at >= NEWS_MS || next.domain !== before.domain || next.since < before.since;

/** Of a client that sends for several domains, the one for which its neighbours send too. */
function together(neighbours: Neighbours, before: Heard, heard: Heard): Heard {
  const of = (domain: string): number =>
    [...neighbours.values()].filter((other) => other !== before && other.domain === domain).length;
  const isDue = heard.at - before.at >= NEWS_MS;
  const more = before.domain === '' ? 1 : of(heard.domain) - of(before.domain);
  return {
    since: Math.min(before.since, heard.since),
    at: Math.max(before.at, heard.at),
    domain: heard.domain !== '' && (more > 0 || (isDue && more === 0)) ? heard.domain : before.domain,
  };
}

/** The place of the one of shortest standing; of several, the one not heard of for the longest. */
function shortestOf(clients: readonly (readonly [string, Heard])[]): number {
  const order = clients.map(([, heard], index) => ({ index, length: lengthOf(heard), at: heard.at }));
  return order.sort((a, b) => a.length - b.length || a.at - b.at)[0]!.index;
}

/** `["192.0.2.7",1798761600000,1798848000000,"example.com"]`, as partners tell each other. */
export const formatHeard = (client: string, { since, at, domain }: Heard): string =>
  JSON.stringify([client, since, at, domain]);

export function parseHeard(text: string): [client: string, Heard] | undefined {
  try {
    return heardIn(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** A line of the journal. */
export const formatNeighbours = (network: string, neighbours: Neighbours): string =>
  JSON.stringify([
    network,
    ...[...neighbours].map(([client, { since, at, domain }]) => [client, since, at, domain]),
  ]);

export function parseNeighbours(line: string): [network: string, Neighbours] | undefined {
  try {
    const [network, ...clients] = JSON.parse(line) as [unknown, ...unknown[]];
    const read = clients.map(heardIn).filter((heard) => heard !== undefined);
    const isOfIt = read.every(([client]) => networkOfClient(client) === network);
    return typeof network === 'string' && isOfIt ? [network, new Map(read.slice(-MOST))] : undefined;
  } catch {
    return undefined;
  }
}

export const networkOfClient = (client: string): string => neighbourhoodOf(addressIn(client));

const addressIn = (client: string): string => (client.includes('/') ? client.split('/')[0]! : client);

function heardIn(value: unknown): [client: string, Heard] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [client, since, at, domain] = value as unknown[];
  if (typeof client !== 'string' || clientOf(addressIn(client)) !== client) return undefined;
  if (!isTime(since) || !isTime(at) || since > at) return undefined;
  return typeof domain === 'string' && domain.length <= 255 ? [client, { since, at, domain }] : undefined;
}

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
