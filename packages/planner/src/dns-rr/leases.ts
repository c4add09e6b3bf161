/**
 * Whose views count. A view counts while its updater renews it, and the reader's own clock measures that: the time
 * since the reader first saw this very record. So the clocks of updaters may differ by any number of minutes.
 *
 * The reader does not know how old a record is when it sees it for the first time. The name server accepts an update only
 * if the writer's clock differs from its own by at most 300 s (RFC 8945 §5.2.3), and that holds for the reader too. So a
 * record whose `at` is 600 s and its `for` in the past has expired, whichever clock is wrong. Pure.
 */
import { parseView, type View } from './view.ts';

export interface Lease {
  readonly view: View;
  /** The data of its TXT record. */
  readonly data: Buffer;
  /** By the reader's clock, when its time began. */
  readonly heldFrom: number;
}

export interface Leases {
  /** By `by`. */
  readonly held: ReadonlyMap<string, Lease>;
  /** Records that are no view, or one that is older than another of the same updater. */
  readonly damaged: readonly Buffer[];
}

export const noLeases: Leases = { held: new Map(), damaged: [] };

const MOST_SKEW_MS = 600_000;

/**
 * The records as they were found now.
 *
 * @param outageMs how long the name server could not be asked. Nobody could renew a view meanwhile, and others try again
 * only after a pause of up to the same length, so views that counted before count until then.
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
