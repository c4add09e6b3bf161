/** The scores at which a message is tagged, quarantined or rejected, and the comparison with them. Pure. */
import { replies } from '../../platform/values/reply.ts';
import type { Verdict } from './verdict.ts';

/** `null` means that no score leads to this verdict. */
export interface Thresholds {
  readonly tagAt: number | null;
  readonly quarantineAt: number | null;
  readonly rejectAt: number | null;
}

/** Every score is accepted. */
export const noThresholds: Thresholds = { tagAt: null, quarantineAt: null, rejectAt: null };

/** The strictest verdict whose threshold the score reaches. */
export function verdictForScore(score: number, { tagAt, quarantineAt, rejectAt }: Thresholds): Verdict {
  const reaches = (threshold: number | null): boolean => threshold !== null && score >= threshold;
  const reason = `score ${score}`;
  if (reaches(rejectAt)) return { kind: 'reject', reason, reply: replies.spam };
  if (reaches(quarantineAt)) return { kind: 'quarantine', reason };
  if (reaches(tagAt)) return { kind: 'tag', reason };
  return { kind: 'accept', reason };
}
