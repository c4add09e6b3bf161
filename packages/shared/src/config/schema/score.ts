/** What a finding adds to the score of a message. */
import { decimal } from './format.ts';
import type { Format } from './format.ts';

const LARGEST = 1000;

/** 0 is off. */
export const score = decimal(0, LARGEST);

/** Below 0 it speaks for the sender. */
export const signedScore: Format<number> = {
  name: 'score',
  expects: `a number from -${LARGEST} to ${LARGEST}`,
  read(raw, at, findings) {
    const value = typeof raw === 'string' && /^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw;
    if (typeof value === 'number' && Math.abs(value) <= LARGEST) return value;
    return findings.fault(at, raw, `is not ${signedScore.expects}`, `write ${signedScore.expects}`);
  },
};
