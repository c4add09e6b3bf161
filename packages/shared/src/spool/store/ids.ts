/**
 * Ids of entries: 17 letters and digits that sort in the order they were made.
 *
 *     milliseconds (9)  count within the millisecond (2)  slot (2)  maker (4)      Crockford's base 32
 *
 * One maker never repeats itself and never goes back, whatever its clock does: time stands still until the clock has
 * caught up, and runs ahead when a millisecond is used up. Makers in other slots, processes and hosts are told apart
 * by slot and by 20 random bits.
 */
import type { Clock } from '../../platform/time/clock.ts';
import type { Random } from '../../platform/values/random.ts';
import { systemRandom } from '../../platform/values/random.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const idsPerMs = 32 ** 2;

export interface IdSettings {
  readonly clock: Clock;
  readonly random?: Random;
  /** The slot of the spool, below 1024. */
  readonly slot: number;
}

export function createIds({ clock, random = systemRandom, slot }: IdSettings): () => string {
  const maker = base32(slot, 2) + base32(Math.floor(random.next() * 32 ** 4), 4);
  let time = -1;
  let timeText = base32(0, 9);
  let count = 0;
  return () => {
    const now = Math.floor(clock.now());
    count += 1;
    if (now > time || count === idsPerMs) {
      time = Math.max(now, time + 1);
      timeText = base32(time, 9);
      count = 0;
    }
    return timeText + base32(count, 2) + maker;
  };
}

/** The last `width` digits of a number. */
function base32(value: number, width: number): string {
  let text = '';
  for (let rest = value; text.length < width; rest = Math.floor(rest / 32))
    text = (alphabet[rest % 32] ?? '0') + text;
  return text;
}
