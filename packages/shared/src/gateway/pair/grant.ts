/**
 * What a gateway that sheds may send to its partners: each says in its heartbeats how many messages a second it takes from this node.
 * Every client that is sent over costs one token of that rate.
 *
 * A heartbeat that is old grants nothing: the partner may be full by now. A partner of a version that grants nothing explicitly takes
 * what comes, as it did before.
 */
import type { PartnerView } from './partner-view.ts';

export type Grantor = Pick<PartnerView, 'grant' | 'lastBeatAt' | 'headroom'>;

const LEAST_FRESH_MS = 3_000;
const FRESH_BEATS = 3;

/** How old the heartbeat of a grant may be: 3 s, and three intervals where pair.interval is above 1 s. */
export const freshMs = (intervalMs: number): number => Math.max(LEAST_FRESH_MS, FRESH_BEATS * intervalMs);

/** Messages a second that it takes now; Infinity when it does not say. */
export function rateOf({ grant, lastBeatAt }: Grantor, now: number, fresh: number): number {
  if (grant === null) return Infinity;
  return lastBeatAt !== null && now - lastBeatAt <= fresh ? grant : 0;
}

/** The partners as they are for the door: one that grants nothing has no room. */
export const asGranted = <P extends Grantor>(partners: readonly P[], now: number, fresh: number): P[] =>
  partners.map((partner) => (rateOf(partner, now, fresh) > 0 ? partner : { ...partner, headroom: 0 }));

/** A second's worth may be spent at once. */
const BURST_SECONDS = 1;

/** The tokens of one worker. */
export class Grant {
  #tokens = 0;
  #at = -Infinity;
  readonly #perSecond: () => number;
  readonly #now: () => number;

  /**
   * @param perSecond what this worker may send now
   * @param now ms, of a clock that never jumps
   */
  constructor(perSecond: () => number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Spends one token; false when there is none. */
  take(): boolean {
    const rate = this.#perSecond();
    if (rate === Infinity) return true;
    const now = this.#now();
    const grown = rate === 0 ? 0 : this.#tokens + (rate * (now - this.#at)) / 1_000;
    this.#tokens = Math.min(grown, Math.max(1, rate * BURST_SECONDS));
    this.#at = now;
    if (rate === 0 || this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
