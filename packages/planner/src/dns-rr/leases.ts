/**
 * Determines which views are valid. A view is valid while its updater renews it. The reader measures this by
 * its own clock, from the time at which it first saw this exact record, so the clocks of updaters may differ
 * by any amount.
 *
 * The age of a record is unknown when the reader first sees it. The name server accepts an update only if the
 * clock of the writer differs from its own by at most 300 s (RFC 8945 §5.2.3), and the same limit applies to
 * the reader. Therefore a record has certainly expired if its `at` is 600 s and its `for` in the past. Pure.
 */
import { parseView, type View } from './view.ts';

export interface Lease {
  readonly view: View;
  /** The RDATA of the TXT record. */
  readonly data: Buffer;
  /** When the lease began, by the clock of the reader (ms since the epoch). */
  readonly heldFrom: number;
}

export interface Leases {
  /** The leases by the `by` of their views. */
  readonly held: ReadonlyMap<string, Lease>;
  /** Records that are not a valid view, or that are older than another view of the same updater. */
  readonly damaged: readonly Buffer[];
}

export const noLeases: Leases = { held: new Map(), damaged: [] };

const MOST_SKEW_MS = 600_000;

/**
 * The leases after the records have been read again.
 *
 * @param outageMs how long the name server was unreachable. No updater could renew its view during that time,
 * and other updaters try again after a pause of at most the same length, so views that were valid stay valid
 * until then.
 */
export function withRecords(
  { held: before }: Leases,
  records: readonly Buffer[],
  now: number,
  outageMs = 0,
): Leases {
  const held = new Map<string, Lease>();
  const damaged: Buffer[] = [];
  const views = records.map((data) => ({ data, view: parseView(data) }));
  const newestFirst = views.toSorted((a, b) => (b.view?.at ?? 0) - (a.view?.at ?? 0));
  for (const { data, view } of newestFirst) {
    if (!view || held.has(view.by)) damaged.push(data);
    else {
      const known = before.get(view.by);
      const isOld = known !== undefined && known.data.equals(data);
      held.set(view.by, {
        view,
        data,
        heldFrom: isOld ? extended(known, now, outageMs) : beginOf(view, now),
      });
    }
  }
  return { held, damaged };
}

const beginOf = ({ at }: View, now: number): number => Math.min(now, at * 1000 + MOST_SKEW_MS);

const extended = (known: Lease, now: number, outageMs: number): number =>
  outageMs > 0 && isLive(known, now - outageMs) ? now + outageMs : known.heldFrom;

export const isLive = ({ view, heldFrom }: Lease, now: number): boolean =>
  now < heldFrom + view.validSeconds * 1000;
