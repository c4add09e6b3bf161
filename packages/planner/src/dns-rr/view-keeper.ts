/**
 * Manages the view of this updater: when it must be written, which records it replaces, and which views of
 * others are valid. Does no I/O; the balancer reads and writes the records.
 */
import type { SightedNode } from './agreement.ts';
import { sightingsOf } from './agreement.ts';
import { isLive, noLeases, withRecords } from './leases.ts';
import { formatView, hostOf, isSameSight, type View } from './view.ts';

export interface OwnView extends Pick<View, 'by' | 'since' | 'validSeconds'> {
  /** The time in ms after which an unchanged view is written again. */
  readonly renewMs: number;
}

export interface ComposedView {
  readonly view: View;
  readonly data: Buffer;
  /** The records that the new view replaces. */
  readonly drop: readonly Buffer[];
}

/**
 * The maximum number of views; further updaters only observe. Two or three updaters are enough, and every
 * updater must read all views.
 */
export const MOST_VIEWS = 16;

export class ViewKeeper {
  readonly #own: OwnView;
  #leases = noLeases;
  #written: { readonly view: View; readonly data: Buffer; readonly writtenAt: number } | undefined;
  #readAt: number | undefined;

  constructor(own: OwnView) {
    this.#own = own;
  }

  /** Stores the records that were read. Returns those that are new and not a valid view. */
  found(records: readonly Buffer[], now: number, outageMs: number): Buffer[] {
    const known = this.#leases.damaged;
    this.#leases = withRecords(this.#leases, records, now, outageMs);
    this.#readAt = now;
    return this.#leases.damaged.filter((data) => !known.some((other) => other.equals(data)));
  }

  /** The valid views of others. */
  others(now: number): View[] {
    const live = [...this.#leases.held.values()].filter((lease) => isLive(lease, now));
    return live.map(({ view }) => view).filter(({ by }) => by !== this.#own.by);
  }

  /** Whether the view of this updater fits. */
  hasRoom(now: number): boolean {
    return this.#written !== undefined || this.others(now).some(this.#isOfThisHost) || !this.#isFull(now);
  }

  /**
   * Whether the records must be read although no change is pending, because others may have renewed their
   * views.
   */
  isReadDue(now: number): boolean {
    return this.#readAt === undefined || now - this.#readAt >= this.#own.renewMs;
  }

  /** Whether the view has changed, must be renewed, or was removed by another program. */
  isDue(nodes: readonly SightedNode[], now: number): boolean {
    const sightings = sightingsOf(nodes);
    if (!this.#written) return sightings.size > 0;
    const { view, data, writtenAt } = this.#written;
    const isThere = this.#leases.held.get(this.#own.by)?.data.equals(data);
    return !isThere || now - writtenAt >= this.#own.renewMs || !isSameSight(view.sightings, sightings);
  }

  /**
   * Composes the current view. It replaces the previous one and expired views of others. If there is no room,
   * the first view of this updater replaces all views of this host, because a program on this host then
   * restarts repeatedly.
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

  /** Stores a view that the server has accepted. */
  wrote({ view, data, drop }: ComposedView, now: number): void {
    this.#written = { view, data, writtenAt: now };
    const held = new Map([...this.#leases.held].filter(([, lease]) => !drop.includes(lease.data)));
    this.#leases = { ...this.#leases, held: held.set(view.by, { view, data, heldFrom: now }) };
  }

  /** Null before the first write; until then the others do not know of this updater. */
  get written(): View | null {
    return this.#written?.view ?? null;
  }

  /** The records of the own view, as they were read. */
  get own(): Buffer[] {
    const lease = this.#leases.held.get(this.#own.by);
    return lease ? [lease.data] : [];
  }

  #isFull(now: number): boolean {
    return this.others(now).length >= MOST_VIEWS;
  }

  readonly #isOfThisHost = (view: View): boolean => hostOf(view) === hostOf(this.#own);
}
