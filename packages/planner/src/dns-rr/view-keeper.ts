/**
 * The view of this updater among those of the others: when it must be written, which records it replaces, and whose views
 * count. It does no I/O; the balancer reads and writes the records.
 */
import type { SightedNode } from './agreement.ts';
import { sightingsOf } from './agreement.ts';
import { isLive, noLeases, withRecords } from './leases.ts';
import { formatView, hostOf, isSameSight, type View } from './view.ts';

export interface OwnView extends Pick<View, 'by' | 'since' | 'validSeconds'> {
  /** A view that has not changed is written again after this time. */
  readonly renewMs: number;
}

export interface ComposedView {
  readonly view: View;
  readonly data: Buffer;
  /** The records whose place it takes. */
  readonly drop: readonly Buffer[];
}

/** More updaters than these only watch. Two or three are enough, and every view is a record that all must read. */
export const MOST_VIEWS = 16;

export class ViewKeeper {
  readonly #own: OwnView;
  #leases = noLeases;
  #written: { readonly view: View; readonly data: Buffer; readonly writtenAt: number } | undefined;
  #readAt: number | undefined;

  constructor(own: OwnView) {
    this.#own = own;
  }

  /** The records as they were found. Gives those that are no view and were not there before. */
  found(records: readonly Buffer[], now: number, outageMs: number): Buffer[] {
    const known = this.#leases.damaged;
    this.#leases = withRecords(this.#leases, records, now, outageMs);
    this.#readAt = now;
    return this.#leases.damaged.filter((data) => !known.some((other) => other.equals(data)));
  }

  /** The views of others that count now. */
  others(now: number): View[] {
    const live = [...this.#leases.held.values()].filter((lease) => isLive(lease, now));
    return live.map(({ view }) => view).filter(({ by }) => by !== this.#own.by);
  }

  /** Whether there is room for the view of this updater. */
  hasRoom(now: number): boolean {
    return this.#written !== undefined || this.others(now).some(this.#isOfThisHost) || !this.#isFull(now);
  }

  /** Whether the records ought to be read again, though nothing is to be changed: others may have renewed theirs. */
  isReadDue(now: number): boolean {
    return this.#readAt === undefined || now - this.#readAt >= this.#own.renewMs;
  }

  /** Whether the view is new, old, or was removed by somebody. */
  isDue(nodes: readonly SightedNode[], now: number): boolean {
    const sightings = sightingsOf(nodes);
    if (!this.#written) return sightings.size > 0;
    const { view, data, writtenAt } = this.#written;
    const isThere = this.#leases.held.get(this.#own.by)?.data.equals(data);
    return !isThere || now - writtenAt >= this.#own.renewMs || !isSameSight(view.sightings, sightings);
  }

  /**
   * The view as it is now, in place of the one before and of those of others that do not count any more. If there is no
   * room, the first one takes the place of all of this host: something here starts again and again.
   */
  compose(nodes: readonly SightedNode[], now: number): ComposedView {
    const { by, since, validSeconds } = this.#own;
    const view = { by, since, at: Math.floor(now / 1000), validSeconds, sightings: sightingsOf(nodes) };
    const clears = !this.#written && this.#isFull(now);
    const gone = [...this.#leases.held.values()].filter(
      (lease) => lease.view.by === by || !isLive(lease, now) || (clears && this.#isOfThisHost(lease.view)),
    );
    return { view, data: formatView(view), drop: gone.map(({ data }) => data) };
  }

  /** The server has taken it. */
  wrote({ view, data, drop }: ComposedView, now: number): void {
    this.#written = { view, data, writtenAt: now };
    const held = new Map([...this.#leases.held].filter(([, lease]) => !drop.includes(lease.data)));
    this.#leases = { ...this.#leases, held: held.set(view.by, { view, data, heldFrom: now }) };
  }

  /** Null before it was written: then the others do not know of this updater. */
  get written(): View | null {
    return this.#written?.view ?? null;
  }

  /** The records of the own view, as they were found. */
  get own(): Buffer[] {
    const lease = this.#leases.held.get(this.#own.by);
    return lease ? [lease.data] : [];
  }

  #isFull(now: number): boolean {
    return this.others(now).length >= MOST_VIEWS;
  }

  readonly #isOfThisHost = (view: View): boolean => hostOf(view) === hostOf(this.#own);
}
