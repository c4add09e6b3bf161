/**
 * How many connections are open: in total, by client (an IPv6 network of 64 bits is one), of strangers by the
 * neighbourhood they come from, and by the user they logged in as. Pure bookkeeping.
 */
import { isLocalAddress } from '../../platform/network/addresses.ts';
import { clientOf, neighbourhoodOf } from '../../platform/network/client-network.ts';

export interface ConnectionLimits {
  readonly connections: number;
  readonly connectionsPerClient: number;
  readonly connectionsPerNetwork: number;
}

/** What a connection is counted by. */
export interface Counted {
  readonly client: string;
  /** Null where the neighbourhood does not count: at home, and among submitters. */
  readonly network: string | null;
}

export const countedBy = (address: string, isStranger: boolean): Counted => ({
  client: clientOf(address),
  network: isStranger && !isLocalAddress(address) ? neighbourhoodOf(address) : null,
});

export class ConnectionCounter {
  /** Here. */
  total = 0;
  readonly #by = new Map<string, number>();
  readonly #others = new Map<number, { total: number; readonly by: Map<string, number> }>();
  readonly #elsewhere = new Map<string, number>();
  #totalElsewhere = 0;
  /** Sessions that this process has descriptors for … */
  mostHere = Infinity;
  /** … and sockets, those among them that are being closed. */
  mostSockets = Infinity;
  /** Open here. */
  sockets = 0;
  /** Told of every key whose count changed here. */
  changed: (key: string) => void = () => undefined;

  /** In other processes that share the limits, too. */
  get totalOfAll(): number {
    return this.total + this.#totalElsewhere;
  }

  /** What is counted here by now, all or some of it. */
  counts(keys: Iterable<string> = this.#by.keys()): [key: string, count: number][] {
    return Array.from(keys, (key) => [key, this.#by.get(key) ?? 0]);
  }

  /** Another process has so many now. */
  countToo(other: number, total: number, counts: readonly [key: string, count: number][]): void {
    const known = this.#others.get(other) ?? { total: 0, by: new Map<string, number>() };
    this.#others.set(other, known);
    this.#totalElsewhere += total - known.total;
    known.total = total;
    for (const [key, count] of counts) {
      change(this.#elsewhere, key, count - (known.by.get(key) ?? 0));
      if (count > 0) known.by.set(key, count);
      else known.by.delete(key);
    }
  }

  /** It has ended, and its connections with it. */
  forget(other: number): void {
    const counts = [...(this.#others.get(other)?.by.keys() ?? [])].map((key) => [key, 0] as [string, number]);
    this.countToo(other, 0, counts);
    this.#others.delete(other);
  }

  /** Counts a connection in, or names the limit that forbids it. */
  admit({ client, network }: Counted, limits: ConnectionLimits): 'admitted' | 'total' | 'client' | 'network' {
    if (this.totalOfAll >= limits.connections || this.total >= this.mostHere) return 'total';
    if (this.#of(client) >= limits.connectionsPerClient) return 'client';
    if (network !== null && this.#of(network) >= limits.connectionsPerNetwork) return 'network';
    this.total += 1;
    this.#add(client, 1);
    if (network !== null) this.#add(network, 1);
    return 'admitted';
  }

  /** Counts a connection among those of a user, unless there are so many already. */
  admitUser(user: string, most: number): boolean {
    if (this.#of(keyOf(user)) >= most) return false;
    this.#add(keyOf(user), 1);
    return true;
  }

  releaseUser(user: string): void {
    this.#add(keyOf(user), -1);
  }

  /** Counts an admitted connection out. */
  release({ client, network }: Counted): void {
    this.total -= 1;
    this.#add(client, -1);
    if (network !== null) this.#add(network, -1);
  }

  #of(key: string): number {
    return (this.#by.get(key) ?? 0) + (this.#elsewhere.get(key) ?? 0);
  }

  #add(key: string, more: number): void {
    change(this.#by, key, more);
    this.changed(key);
  }
}

function change(counts: Map<string, number>, key: string, more: number): void {
  const count = (counts.get(key) ?? 0) + more;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}

/** No address begins so. */
const keyOf = (user: string): string => `user ${user.toLowerCase()}`;
