/** The keys of greylisting: who is new is asked to come back. */
import { age, choice, timer } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import type { Findings } from '../schema/findings.ts';
import type { SettingsOf } from '../schema/place.ts';
import { formatDuration } from '../schema/units.ts';
import { score } from '../schema/score.ts';

export const greylistKeys = {
  'greylist.mode': key(
    choice('off', 'suspicious', 'everyone'),
    'off',
    'Who is asked to come back when it is new: nobody, strangers whose message scores greylist.suspiciousAt, or all strangers. ' +
      'What passes DMARC is always taken at once.',
    'suspicious',
  ),
  'greylist.suspiciousAt': key(
    score,
    2,
    'Score of all checks from which on a message of a stranger is suspicious.',
    '1.5',
  ),
  'greylist.delay': key(timer, '2m', 'How long it must wait before it comes back.', '5m'),
  'greylist.window': key(age, '2d', 'Time within which it must come back; later it is new again.', '1d'),
  'greylist.keep': key(
    age,
    '35d',
    'How long a sender that came back is known, from its last message on; it is not asked to again.',
    '60d',
  ),
} as const;

export function checkGreylist(
  { greylist: { delayMs, windowMs } }: SettingsOf<typeof greylistKeys>,
  findings: Findings,
): void {
  if (delayMs < windowMs) return;
  const fix = 'write less than greylist.window, within which mail must come back';
  findings.fault(
    'greylist.delay',
    formatDuration(delayMs),
    'is too long for mail ever to come back in time',
    fix,
  );
}
