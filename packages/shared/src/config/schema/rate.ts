/** A rate as operators write it, `300/1m`; `none` is without limit. */
import type { Rate } from '../../platform/values/rate.ts';
import type { Format } from './format.ts';
import { parseDuration } from './units.ts';

const SHORTEST_MS = 1_000;
const LONGEST_MS = 24 * 3_600_000;
const MOST = 1_000_000_000;

export const rate: Format<Rate | null> = {
  name: 'rate',
  expects: 'so many in a time from 1s to 24h: 300/1m or 1000/1h; or none',
  read(raw, at, findings) {
    if (raw === 'none') return null;
    const [, digits, time = ''] = (typeof raw === 'string' && /^(\d+)\s*\/\s*(\S.*)$/.exec(raw)) || [];
    const count = Number(digits);
    const perMs = parseDuration(time);
    if (!(count >= 1 && count <= MOST) || perMs === undefined || perMs < SHORTEST_MS || perMs > LONGEST_MS)
      return findings.fault(at, raw, 'is not a rate', `write ${this.expects}`);
    return { count, perMs };
  },
};
