/**
 * What is known of the hosts that offer CHUNKING (RFC 3030): which of them have taken a chunk, and which do not know BDAT after all,
 * because they or something before them does not implement it. Pure but for its own memory.
 */
import type { NextHop } from '../../platform/values/next-hop.ts';

/** A session with one address of a host. */
interface Place {
  readonly hop: NextHop;
  readonly address: string;
}

const REFUSED_FOR_MS = 3_600_000;
/** The operator names the hosts, so there are few; more than that are forgotten, which costs a reply each. */
const MOST = 1_000;

export class ChunkingHosts {
  readonly #now: () => number;
  readonly #onRefused: (place: Place, reason: string) => void;
  /** Addresses that have taken a chunk. */
  readonly #proven = new Set<string>();
  /** Hosts that do not know BDAT, and until when that is believed. */
  readonly #refusing = new Map<string, number>();

  /** @param onRefused called when a host is found not to know BDAT */
  constructor(now: () => number, onRefused: (place: Place, reason: string) => void = () => undefined) {
    this.#now = now;
    this.#onRefused = onRefused;
  }

  mayBeUsed({ hop }: Place): boolean {
    if (this.#refusing.size === 0) return true;
    const until = this.#refusing.get(keyOf(hop.host, hop));
    return until === undefined || this.#now() >= until;
  }

  isProven({ hop, address }: Place): boolean {
    return this.#proven.has(keyOf(address, hop));
  }

  took({ hop, address }: Place): void {
    if (this.#proven.size >= MOST) this.#proven.clear();
    this.#proven.add(keyOf(address, hop));
  }

  refused(place: Place, reason: string): void {
    const { hop, address } = place;
    this.#proven.delete(keyOf(address, hop));
    if (this.#refusing.size >= MOST) this.#refusing.clear();
    this.#refusing.set(keyOf(hop.host, hop), this.#now() + REFUSED_FOR_MS);
    this.#onRefused(place, reason);
  }
}

const keyOf = (host: string, { port }: NextHop): string => `${host} ${port}`;
