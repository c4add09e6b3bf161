/**
 * Lets a destination rest whose hosts could not be reached, so that a thousand messages for it do not each wait
 * for the same time-out. The rest doubles with every failure; one success ends it. Pure but for its own memory.
 */
import type { Reply } from '../../platform/values/reply.ts';

const FIRST_MS = 15_000;
const MAX_MS = 600_000;
const MAX_KEPT = 10_000;

interface Rest {
  readonly until: number;
  readonly pauseMs: number;
  readonly reply: Reply;
}

export interface RestState {
  readonly until: number;
  /** What the failure that began it was answered with. */
  readonly reply: Reply;
}

export interface NextHopRest {
  /** Why the destination rests, or undefined when it may be tried. */
  resting(destination: string, now: number): Reply | undefined;
  /** The destination's rest while it lasts, for those who ask why nothing happens. */
  restOf(destination: string, now: number): RestState | undefined;
  /** Until when it rests; `isKnown` until it has been reached again, also when the rest is over. */
  outlook(destination: string): { readonly until: number; readonly isKnown: boolean };
  unreachable(destination: string, reply: Reply, now: number): void;
  reached(destination: string): void;
  /** Ends every rest, or one: the operator said retry. */
  end(destination?: string): void;
}

const atWork = { until: 0, isKnown: false };

export function createNextHopRest(): NextHopRest {
  const rests = new Map<string, Rest>();
  return {
    resting(destination, now) {
      const rest = rests.get(destination);
      return rest && now < rest.until ? rest.reply : undefined;
    },
    restOf(destination, now) {
      const rest = rests.get(destination);
      return rest && now < rest.until ? { until: rest.until, reply: rest.reply } : undefined;
    },
    outlook(destination) {
      const rest = rests.get(destination);
      return rest ? { until: rest.until, isKnown: true } : atWork;
    },
    unreachable(destination, reply, now) {
      const before = rests.get(destination);
      if (before && now < before.until) return;
      const pauseMs = before ? Math.min(before.pauseMs * 2, MAX_MS) : FIRST_MS;
      rests.delete(destination);
      rests.set(destination, { until: now + pauseMs, pauseMs, reply });
      if (rests.size > MAX_KEPT) rests.delete(rests.keys().next().value!);
    },
    reached: (destination) => void rests.delete(destination),
    end: (destination) => (destination === undefined ? rests.clear() : void rests.delete(destination)),
  };
}
