/**
 * The one list of what is learnt and what is checked, as configured. A learner lives in `facts/`, what it brings is named
 * in `values/facts.ts`, the check that reads it lives in `judge/`; here they meet, each with its part of the settings.
 */
import type { Learner } from './facts/learner.ts';
import type { Check } from './judge/check.ts';
import { loopCheck } from './judge/loop.ts';
import type { Clock } from './system/clock.ts';
import type { Log } from './system/log.ts';
import type { Resolver } from './system/resolver.ts';
import type { Settings } from './system/settings.ts';

export interface CheckingParts {
  settings(): Settings;
  /** A directory of the spool's, where what is learnt may be kept over restarts. */
  readonly directory: string;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Checking {
  learners(): readonly Learner[];
  checks(): readonly Check[];
  /** After the settings changed. */
  reload(): void;
  close(): Promise<void>;
}

export async function openChecking(parts: CheckingParts): Promise<Checking> {
  const { settings } = parts;
  let learners: readonly Learner[] = [];
  let checks: readonly Check[] = [];
  function reload(): void {
    learners = [];
    checks = checksOf(settings());
  }
  reload();
  return {
    learners: () => learners,
    checks: () => checks,
    reload,
    close: async () => undefined,
  };
}

/** Pure, so that what was learnt once can be judged again by other settings. */
export function checksOf({ smtp }: Settings): readonly Check[] {
  return [loopCheck(smtp.maxHops)];
}
