/** V8's nursery, which takes what is alive to be whatever the old generation refers to, of use or not. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: ((how: { type: 'minor' }) => void) | undefined;

/** A scavenge: nothing old is looked at. What survives two of them is old. */
export function emptyNursery(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as NonNullable<typeof collect>;
  }
  collect({ type: 'minor' });
}

export interface Passage {
  /** How many come in all … */
  readonly count: number;
  /** … and are there at a time. */
  readonly atATime: number;
  come(n: number): void;
  go(n: number): void;
}

/** How many octets of buffers more there are after many have come and gone, once what they pass through is old. */
export function bytesLeftBehind({ count, atATime, come, go }: Passage): number {
  for (let n = 0; n < atATime; n += 1) come(n);
  for (let time = 0; time < 4; time += 1) emptyNursery();
  const before = process.memoryUsage().arrayBuffers;
  for (let n = atATime; n < count; n += 1) {
    come(n);
    go(n - atATime);
    if (n % 100 === 0) emptyNursery();
  }
  emptyNursery();
  return process.memoryUsage().arrayBuffers - before;
}
