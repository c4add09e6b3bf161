/** V8's nursery, which takes what is alive to be whatever the old generation refers to, of use or not. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (how: { readonly type: 'minor' | 'major' }) => void;

let collect: Collect | undefined;

/** Nothing but what survives two scavenges becomes old: as in the gateways. */
function collector(): Collect {
  if (!collect) {
    setFlagsFromString('--no-allocation-site-pretenuring');
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  return collect;
}

/** A scavenge: nothing old is looked at. What survives two of them is old. */
export function emptyNursery(): void {
  collector()({ type: 'minor' });
}

/** Finishes marking the whole heap, which is then not begun again soon: while it is under way, what is new counts as alive. */
export function finishMarking(): void {
  collector()({ type: 'major' });
}

export interface Passage {
  /** How many come in a round … */
  readonly count: number;
  /** … and are there at a time. */
  readonly atATime: number;
  come(n: number): void;
  go(n: number): void;
}

/** Whatever else the process of the tests has at hand may keep something for one round, but not for all. */
export const ROUNDS = 3;

/**
 * How many octets of buffers more there are after a round of many that have come and gone, at least, once what they pass
 * through is old.
 */
export function bytesLeftBehind({ count, atATime, come, go }: Passage): number {
  finishMarking();
  let n = 0;
  for (; n < atATime; n += 1) come(n);
  for (let time = 0; time < 4; time += 1) emptyNursery();
  const round = (): number => {
    const before = process.memoryUsage().arrayBuffers;
    for (const end = n + count; n < end; n += 1) {
      come(n);
      go(n - atATime);
      if (n % 100 === 0) emptyNursery();
    }
    emptyNursery();
    return process.memoryUsage().arrayBuffers - before;
  };
  return Math.min(...Array.from({ length: ROUNDS }, round));
}
