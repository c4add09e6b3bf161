/**
 * Clients that delivered mail, not long ago, that was taken with nothing against it; and networks of large providers as a whole
 * (neighbours.ts). Bounded in two tables, each by itself: networks that are new, and those that were heard of for a day or longer.
 * Strangers who come in great numbers push out other newcomers only. When the second table is full, a network gets into it in
 * place of one that is forgotten anyway or of shorter standing.
 */
import { BoundedMap } from '../../platform/maps/bounded-map.ts';
import { clientOf } from '../../platform/network/client-network.ts';
import type { KeptMap } from '../../platform/maps/kept-map.ts';
import {
  formatHeard,
  hear,
  isRecent,
  networkOfClient,
  NEWS_MS,
  parseHeard,
  standingOf,
  wholeOf,
  type Heard,
  type Neighbours,
} from './neighbours.ts';

/** By network. */
export type KnownTable = Pick<KeptMap<Neighbours>, 'size' | 'get' | 'set' | 'keys' | 'entries'>;

/** Networks in each table. */
export const MOST_KNOWN = { new: 5_000, long: 10_000 };
/** From then on a network is of long standing. */
const LONG_MS = 24 * 3_600_000;

const nobody: Neighbours = new Map();

export interface KnownTables {
  readonly new: KnownTable;
  readonly long: KnownTable;
  /** Networks of long standing. */
  readonly most: number;
}

export class KnownClients {
  readonly #tables: KnownTables;
  /** Told of clients of which there is news. */
  noted: (client: string) => void = () => undefined;

  /** @param tables in memory when they are not given */
  constructor(tables: KnownTables = inMemory()) {
    this.#tables = tables;
  }

  /** @param domain the registered domain for which the mail passed DMARC; '' for none */
  delivered(address: string, domain: string, now: number): void {
    const client = clientOf(address);
    const before = this.#of(networkOfClient(client)).get(client);
    // The same answer as below, without an object for each message of a client that delivers all the time.
    if (before && before.domain === domain && before.since <= now && now - before.at < NEWS_MS) return;
    if (this.#note(client, { since: now, at: now, domain }, now)) this.noted(client);
  }

  has(address: string, now: number): boolean {
    const client = clientOf(address);
    const neighbours = this.#of(networkOfClient(client));
    return isRecent(neighbours.get(client), now) || wholeOf(neighbours, now) !== null;
  }

  /** The domain for which its own mail passed DMARC; '' when there is none. */
  ownDomainOf(address: string, now: number): string {
    const client = clientOf(address);
    const heard = this.#of(networkOfClient(client)).get(client);
    return isRecent(heard, now) ? heard.domain : '';
  }

  /** The same, or the domain of the provider whose network it is in. */
  domainOf(address: string, now: number): string {
    const whole = wholeOf(this.#of(networkOfClient(clientOf(address))), now);
    return this.ownDomainOf(address, now) || (whole?.domain ?? '');
  }

  /** Networks, by how long they are known. */
  count(): { readonly new: number; readonly long: number } {
    const { new: fresh, long } = this.#tables;
    const moved = [...fresh.keys()].filter((network) => long.get(network)).length;
    return { new: fresh.size - moved, long: long.size };
  }

  /** As a topic of what partners tell each other: an item for each client. */
  look(client: string): string | undefined {
    const heard = this.#of(networkOfClient(client)).get(client);
    return heard && formatHeard(client, heard);
  }

  *all(): Iterable<string> {
    for (const table of [this.#tables.new, this.#tables.long])
      for (const [, neighbours] of table.entries()) yield* neighbours.keys();
  }

  take(items: readonly string[], now: number): number {
    let news = 0;
    for (const item of items) {
      const [client, told] = parseHeard(item) ?? [];
      if (client === undefined || told === undefined) continue;
      // The clock of a partner may be ahead.
      const at = Math.min(told.at, now);
      const heard = { ...told, at, since: Math.min(told.since, at) };
      if (isRecent(heard, now) && this.#note(client, heard, now)) news += 1;
    }
    return news;
  }

  #of(network: string): Neighbours {
    return this.#tables.long.get(network) ?? this.#tables.new.get(network) ?? nobody;
  }

  /** @returns whether it is news */
  #note(client: string, heard: Heard, now: number): boolean {
    const network = networkOfClient(client);
    const before = this.#of(network);
    const after = hear(before, client, heard, now);
    if (after === before) return false;
    this.#tableFor(network, after, now).set(network, after);
    return true;
  }

  #tableFor(network: string, neighbours: Neighbours, now: number): KnownTable {
    const { new: fresh, long, most } = this.#tables;
    if (long.get(network)) return long;
    const standing = standingOf(neighbours, now);
    if (standing < LONG_MS) return fresh;
    return long.size < most || standing > standingOf(oldestOf(long), now) ? long : fresh;
  }
}

function inMemory(most = MOST_KNOWN): KnownTables {
  return { new: new BoundedMap(most.new), long: new BoundedMap(most.long), most: most.long };
}

/** What the next entry takes the place of. */
function oldestOf(table: KnownTable): Neighbours {
  for (const [, neighbours] of table.entries()) return neighbours;
  return nobody;
}
