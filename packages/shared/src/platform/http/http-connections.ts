/**
 * How many connections the HTTP listener holds. Strangers and the clients in `http.allow` have separate places, so no stranger keeps
 * the partner or the operator out. Counted before the TLS handshake. No I/O.
 */
import { clientOf } from '../network/client-network.ts';

export interface ConnectionBounds {
  /** Places for all clients of the kind. */
  readonly all: number;
  /** Of these for one IPv4 address, or one IPv6 /64. */
  readonly each: number;
}

export const KNOWN_CLIENTS: ConnectionBounds = { all: 512, each: 128 };
export const STRANGERS: ConnectionBounds = { all: 64, each: 16 };

export class HttpConnections {
  readonly #known = new Places(KNOWN_CLIENTS);
  readonly #strangers = new Places(STRANGERS);
  readonly #isKnown: (address: string) => boolean;

  constructor(isKnown: (address: string) => boolean) {
    this.#isKnown = isKnown;
  }

  /** @returns what gives the place back, once; undefined if there is none */
  admit(address: string): (() => void) | undefined {
    const places = this.#isKnown(address) ? this.#known : this.#strangers;
    return places.take(clientOf(address));
  }
}

class Places {
  readonly #bounds: ConnectionBounds;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(bounds: ConnectionBounds) {
    this.#bounds = bounds;
  }

  take(client: string): (() => void) | undefined {
    const taken = this.#taken.get(client) ?? 0;
    if (this.#all >= this.#bounds.all || taken >= this.#bounds.each) return undefined;
    this.#all += 1;
    this.#taken.set(client, taken + 1);
    return () => this.#giveBack(client);
  }

  #giveBack(client: string): void {
    const left = (this.#taken.get(client) ?? 1) - 1;
    this.#all -= 1;
    if (left === 0) this.#taken.delete(client);
    else this.#taken.set(client, left);
  }
}
