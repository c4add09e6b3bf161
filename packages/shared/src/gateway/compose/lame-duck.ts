/**
 * The time between "this gateway drains" and the end of its listeners, in which load balancers learn of it: nobody is sent
 * here any more when the listeners close. The face, which the balancers ask, decides; the other workers wait for its word.
 * Without a balancer that looks nobody waits.
 */
import { Looks } from '../pair/looks.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Sibling } from '../workers/siblings.ts';
import { isFace } from '../workers/slot.ts';

export interface LameDuck {
  /** A load balancer at this address asked, and was answered. */
  looked(address: string): void;
  /** Resolves when every balancer has seen twice that the gateway drains, or after `mostMs`. */
  wait(mostMs: number): Promise<void>;
  close(): void;
}

/** What the face tells the others. */
interface Sight {
  /** A balancer looks. */
  readonly watched: boolean;
  /** The balancers have seen that the gateway drains. */
  readonly seen: boolean;
}

/** The number of the face among the workers. */
const FACE = 0;
const TELL_MS = 1_000;
/** A balancer that stopped looking is waited for no longer. */
const MOST_MS = 10_000;

/** How much of `shutdownTimeout` the balancers may have: the sessions need the rest. */
export const lameDuckMs = (shutdownTimeoutMs: number): number =>
  Math.min(MOST_MS, (shutdownTimeoutMs * 3) / 4);

/** @param clock never jumps */
export function createLameDuck(sibling: Sibling, clock: Clock): LameDuck {
  return isFace(sibling.slot) ? watchBalancers(sibling, clock) : followFace(sibling);
}

function watchBalancers({ slot, siblings }: Sibling, clock: Clock): LameDuck {
  const looks = new Looks();
  const { promise: seen, resolve: haveSeen } = Promise.withResolvers<void>();
  let told: Sight = { watched: false, seen: false };
  const all = (): Sight => told;
  const changed = siblings.add({ name: 'balancers', news: all, all, take: () => undefined });
  const tell = (next: Sight): void => {
    if (next.watched === told.watched && next.seen === told.seen) return;
    told = next;
    changed();
  };
  const tellWatched = (): void => tell({ ...told, watched: looks.isWatched(clock.now()) });
  const timer = slot.of > 1 ? setInterval(tellWatched, TELL_MS).unref() : undefined;
  return {
    looked(address) {
      looks.note(address, clock.now());
      tellWatched();
      if (looks.haveSeen) haveSeen();
    },
    async wait(mostMs) {
      if (looks.isWatched(clock.now())) {
        looks.beginDrain(clock.now());
        await within(mostMs, seen);
      }
      tell({ ...told, seen: true });
    },
    close: () => clearInterval(timer),
  };
}

function followFace({ siblings }: Sibling): LameDuck {
  let sight: Sight = { watched: false, seen: false };
  let haveSeen = (): void => undefined;
  siblings.add({
    name: 'balancers',
    news: () => undefined,
    all: () => undefined,
    take(told) {
      sight = told as Sight;
      if (sight.seen) haveSeen();
    },
    gone(worker) {
      if (worker === FACE) haveSeen();
    },
  });
  return {
    looked: () => undefined,
    async wait(mostMs) {
      if (!sight.watched || sight.seen) return;
      await within(mostMs, new Promise<void>((resolve) => (haveSeen = resolve)));
    },
    close: () => undefined,
  };
}

async function within(mostMs: number, event: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, mostMs);
  await Promise.race([event, late]);
  clearTimeout(timer);
}
