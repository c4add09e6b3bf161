/**
 * Makes room when the sessions run out: of all sessions of a worker, those that do not come on are closed first. Workers share the
 * count of sessions, and each closes its own.
 */
import type { ConnectionCounter } from './limits.ts';
import { byStanding, CROWDED, mustGiveWay, type Standing } from './stress.ts';

export interface Tenant {
  /** Null while it may not be closed: it is closed already, or waits for us, or its message comes in. */
  standing(now: number): Standing | null;
  /** Closes it, and counts it out at once. */
  giveWay(): void;
}

/** When nobody could be closed, that is not tried again for each client that comes. */
const REST_MS = 250;

export class Relief {
  readonly #counter: ConnectionCounter;
  readonly #crowds: (() => Iterable<Tenant>)[] = [];
  #restsUntil = -Infinity;

  constructor(counter: ConnectionCounter) {
    this.#counter = counter;
  }

  /** The sessions of one more listener. */
  add(crowd: () => Iterable<Tenant>): void {
    this.#crowds.push(crowd);
  }

  /** Open sessions, as a share of those allowed. */
  share(connections: number): number {
    return this.#counter.totalOfAll / connections;
  }

  /** Closes sessions until there is room, as far as any must give way. */
  makeRoom(now: number, connections: number): void {
    if (this.share(connections) < CROWDED || now < this.#restsUntil) return;
    const candidates = [...this.#candidates(now, this.share(connections))].sort(byTenant);
    for (const { tenant, standing } of candidates)
      if (mustGiveWay(standing, this.share(connections), now)) tenant.giveWay();
    if (candidates.length === 0) this.#restsUntil = now + REST_MS;
  }

  *#candidates(now: number, share: number): Iterable<Candidate> {
    for (const crowd of this.#crowds)
      for (const tenant of crowd()) {
        const standing = tenant.standing(now);
        if (standing && mustGiveWay(standing, share, now)) yield { tenant, standing };
      }
  }
}

interface Candidate {
  readonly tenant: Tenant;
  readonly standing: Standing;
}

const byTenant = (one: Candidate, other: Candidate): number => byStanding(one.standing, other.standing);
