/**
 * How many connections are open: in total, by client (an IPv6 network of 64 bits is one), of strangers by the
 * neighbourhood they come from, and by the user they logged in as. Pure bookkeeping.
 */
import { isLocalAddress } from '../system/addresses.ts';
import { clientOf, neighbourhoodOf } from '../system/client-network.ts';

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
  total = 0;
  readonly #by = new Map<string, number>();

  /** Counts a connection in, or names the limit that forbids it. */
  admit({ client, network }: Counted, limits: ConnectionLimits): 'admitted' | 'total' | 'client' | 'network' {
    if (this.total >= limits.connections) return 'total';
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
    return this.#by.get(key) ?? 0;
  }

  #add(key: string, more: number): void {
    const count = this.#of(key) + more;
    if (count > 0) this.#by.set(key, count);
    else this.#by.delete(key);
  }
}

/** No address begins so. */
const keyOf = (user: string): string => `user ${user.toLowerCase()}`;
