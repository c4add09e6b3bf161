/**
 * Takes every beat of a sender once: numbers only grow within a run of the sender, and a run that has been followed
 * by another is over. Beats recorded in an earlier run of the receiver are kept out by the seal, which names the
 * receiver's run; the window of time (`MAX_SKEW_MS`) stands behind both. Bounded memory, no I/O.
 */

/** Clocks further apart than this are a fault to mend: heartbeats are refused as stale. */
export const MAX_SKEW_MS = 300_000;

/** Earlier runs remembered of each sender. */
const RUNS_KEPT = 256;

export class ReplayGuard {
  readonly #senders = new Map<string, { run: string; number: number; readonly over: Set<string> }>();

  /** Whether this beat is new; it is not from then on. */
  admits(sender: string, run: string, number: number): boolean {
    const known = this.#senders.get(sender);
    if (!known) {
      this.#senders.set(sender, { run, number, over: new Set() });
      return true;
    }
    if (known.over.has(run)) return false;
    if (run === known.run) {
      if (number <= known.number) return false;
    } else {
      known.over.add(known.run);
      if (known.over.size > RUNS_KEPT) known.over.delete(known.over.values().next().value!);
      known.run = run;
    }
    known.number = number;
    return true;
  }
}

export const isStale = (theirs: number, ours: number): boolean => Math.abs(theirs - ours) > MAX_SKEW_MS;
