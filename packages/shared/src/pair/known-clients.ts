/**
 * Clients that delivered mail which was taken, not long ago: an IPv4 address, or an IPv6 network of 64 bits, where the
 * rest of the address is the client's to choose. Of so many the one not heard of for the longest is forgotten. In
 * memory only: after a restart everybody is a stranger for a message.
 */
import { clientOf } from '../system/client-network.ts';

const MOST = 10_000;
const KNOWN_MS = 7 * 24 * 3_600_000;
/** A client that delivers all the time is not noted each time. */
const OFTEN_MS = 60_000;

export class KnownClients {
  readonly #heardAt = new Map<string, number>();
  readonly #most: number;
  /** Told of clients that were not noted lately. */
  noted: (address: string) => void = () => undefined;

  constructor(most = MOST) {
    this.#most = most;
  }

  delivered(address: string, now: number): void {
    if (this.note(address, now)) this.noted(address);
  }

  /** Also for what another process of this gateway tells. @returns false when it was noted a moment ago */
  note(address: string, now: number): boolean {
    const client = clientOf(address);
    const heardAt = this.#heardAt.get(client);
    if (heardAt !== undefined && now - heardAt < OFTEN_MS) return false;
    this.#heardAt.delete(client);
    this.#heardAt.set(client, now);
    if (this.#heardAt.size > this.#most)
      for (const oldest of this.#heardAt.keys()) {
        this.#heardAt.delete(oldest);
        break;
      }
    return true;
  }

  has(address: string, now: number): boolean {
    const heardAt = this.#heardAt.get(clientOf(address));
    return heardAt !== undefined && now - heardAt < KNOWN_MS;
  }
}
