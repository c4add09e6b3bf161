/** Attempts and their outcomes, for the tests of settlement. */
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { settleAttempt, type Attempt, type Settlement } from '@mailpair/shared/gateway/settle/settle';
import type { Outcome, OutcomeKind } from '@mailpair/shared/platform/values/outcome';
import type { Reply } from '@mailpair/shared/platform/values/reply';
import { hour, receivedAt } from './entries.ts';

export const ok: Reply = { code: 250, enhanced: '2.0.0', text: 'Taken' };
export const later: Reply = { code: 451, enhanced: '4.2.1', text: 'Later' };
export const never: Reply = { code: 550, enhanced: '5.1.1', text: 'No such user' };

export const pause = 10 * 60_000;

export function settle(
  entry: Entry,
  outcomes: readonly Outcome[],
  changes: Partial<Attempt> = {},
): Settlement {
  const now = changes.now ?? receivedAt + 60_000;
  return settleAttempt({
    entry,
    outcomes,
    now,
    retryAt: (attempts) => now + attempts * pause,
    takesDsn: () => true,
    queue: { warnAfterMs: 4 * hour },
    ...changes,
  });
}

export const outcome = (kind: OutcomeKind, reply: Reply, changes: Partial<Outcome> = {}): Outcome => ({
  recipient: 'user@example.net',
  kind,
  reply,
  host: 'mx.example.net',
  ...changes,
});
