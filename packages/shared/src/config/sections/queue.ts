/** How mail that waits is kept, and when it is tried again. */
import type { Findings } from '../schema/findings.ts';
import { age, decimal, size, timer } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import type { SettingsOf } from '../schema/place.ts';
import { formatDuration } from '../schema/units.ts';

export const queueKeys = {
  'queue.retryFirst': key(timer, '5m', 'Time from the first failed attempt to the second.', '5m'),
  'queue.retryFactor': key(
    decimal(1, 10),
    2,
    'By how much that time grows with each further attempt.',
    '1.5',
  ),
  'queue.retryMax': key(timer, '1h', 'Longest time between two attempts.', '1h'),
  'queue.warnAfter': key(
    age,
    '4h',
    'Age of a waiting message at which its sender gets a notice of the delay.',
    '4h',
  ),
  'queue.expire': key(age, '5d', 'Age at which a waiting message is given up and bounced.', '5d'),
  'queue.minFree': key(
    size('0B'),
    '100MB',
    'Free disk space below which no message is taken into the spool.',
    '1GB',
    { reload: 'restart' },
  ),
} as const;

export function checkQueue({ queue }: SettingsOf<typeof queueKeys>, findings: Findings): void {
  if (queue.retryFirstMs > queue.retryMaxMs) {
    const fix = `write ${formatDuration(queue.retryFirstMs)} or more, or make queue.retryFirst shorter`;
    findings.fault(
      'queue.retryMax',
      formatDuration(queue.retryMaxMs),
      'is shorter than queue.retryFirst',
      fix,
    );
  }
  if (queue.warnAfterMs >= queue.expireMs) {
    const problem = 'is not before queue.expire, so no sender is ever told of a delay';
    findings.warn(
      'queue.warnAfter',
      formatDuration(queue.warnAfterMs),
      problem,
      'make it shorter, such as 4h',
    );
  }
}
