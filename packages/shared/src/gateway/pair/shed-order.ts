/**
 * In which order clients are sent to the other MX, by what is known of them. Pure.
 *
 * Strangers of whom nothing is known go first. Then come those that move on at once, because that delays nothing; then senders that
 * are known and of which nobody knows what they do; last those that wait, because their mail would be put off for minutes.
 * 5 % of the decisions ignore what a sender does, so that it is learnt again when the sender has changed.
 */
import type { SenderClass } from './sender-class.ts';

export interface Ranked {
  /** It delivered mail that was taken, not long ago. */
  readonly isKnown: boolean;
  /** What it does when it is refused; unknown when absent. */
  readonly class?: SenderClass;
}

/** Loads between which the probability grows from 0 to 1. */
export type Band = readonly [from: number, to: number];

const IGNORED = 0.05;

/** @param random in [0, 1) */
export const classToGoBy = (found: SenderClass, random: number): SenderClass =>
  random < IGNORED ? 'unknown' : found;

/** @param from where shedding begins, @param limit where the door is shut */
export function shedBand(
  { isKnown, class: does = 'unknown' }: Ranked,
  from: number,
  middle: number,
  limit: number,
): Band {
  const late = (middle + limit) / 2;
  if (does === 'waits') return [late, limit];
  if (does === 'moves') return [middle, late];
  return isKnown ? [middle, limit] : [from, middle];
}

/** How much of what is scarce may be taken when a client still gets some of it, as shares. */
export interface Allowance {
  /** Of the clients that are served at a time. */
  readonly places: number;
  /** Of those that wait for the greeting. */
  readonly waiting: number;
}

const allowances = {
  moves: { places: 0.8, waiting: 0.4 },
  strangers: { places: 1, waiting: 0.6 },
  known: { places: 1.15, waiting: 0.8 },
  waits: { places: 1.5, waiting: 1 },
} as const satisfies Readonly<Record<string, Allowance>>;

/** What the clients of one kind leave is for those after it. */
export const allowanceOf = ({ isKnown, class: does = 'unknown' }: Ranked): Allowance =>
  does === 'unknown' ? allowances[isKnown ? 'known' : 'strangers'] : allowances[does];
