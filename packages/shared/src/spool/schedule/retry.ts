/**
 * When to try again: exponential backoff from `retryFirstMs` by `retryFactor` up to `retryMaxMs`, then a jitter of a
 * fifth either way, so that messages deferred together do not come back together (RFC 5321 §4.5.4.1).
 */
import type { Settings } from '../../config/settings.ts';

export type RetrySettings = Pick<Settings['queue'], 'retryFirstMs' | 'retryFactor' | 'retryMaxMs'>;

export interface RetryFacts {
  /** Attempts made so far, the one that just failed included. */
  readonly attempts: number;
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
  readonly settings: RetrySettings;
}

const jitter = 0.2;

export function nextAttemptAt({ attempts, now, random, settings }: RetryFacts): number {
  const { retryFirstMs, retryFactor, retryMaxMs } = settings;
  const delayMs = Math.min(retryFirstMs * retryFactor ** (Math.max(attempts, 1) - 1), retryMaxMs);
  return now + Math.round(delayMs * (1 - jitter + 2 * jitter * random));
}
