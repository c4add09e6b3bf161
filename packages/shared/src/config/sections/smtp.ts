/** How mail is taken. How much is in limits.ts. */
import type { Findings } from '../schema/findings.ts';
import { choice, count, pause, size, timer } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import type { SettingsOf } from '../schema/place.ts';

export const smtpKeys = {
  'smtp.bareLineEnds': key(
    choice('reject', 'normalise'),
    'reject',
    'What happens to a message with a bare CR, a bare LF or a NUL: refused, or line ends made CRLF.',
    'reject',
  ),
  'smtp.maxMessage': key(size('1KB'), '50MB', 'Largest message taken.', '25MB'),
  'smtp.maxRecipients': key(
    count(1, 100_000),
    1000,
    'Most recipients of one message (RFC 5321 asks for 100 or more).',
    '500',
  ),
  'smtp.maxHops': key(
    count(1, 1000),
    100,
    'Received fields above which a message is taken to loop (RFC 5321 §6.3).',
    '100',
  ),
  'smtp.greetingPause': key(
    pause,
    '0s',
    'Pause before the greeting for strangers, in which spam programs give themselves away: see smtp.earlyTalkers.',
    '2s',
  ),
  'smtp.earlyTalkers': key(
    choice('refuse', 'score'),
    'refuse',
    'What happens to a client that speaks before it is greeted: it is left with 421, or heard, and its mail scores ' +
      'clients.earlyTalker.',
    'score',
  ),
  'smtp.commandTimeout': key(
    timer,
    '5m',
    'How long to wait for the next command of a client. As sessions run out it is less: down to 10 s for strangers, and 60 s for ' +
      'submitters and known clients.',
    '5m',
  ),
  'smtp.messageTimeout': key(
    timer,
    '15m',
    'How long one message may take to arrive. A session without one that is taken ends after this and three times ' +
      'smtp.commandTimeout, and sooner as sessions run out.',
    '15m',
  ),
} as const;

export function checkSmtp(
  { smtp: { maxRecipients } }: SettingsOf<typeof smtpKeys>,
  findings: Findings,
): void {
  if (maxRecipients >= 100) return;
  const problem = 'is less than the 100 that every host must take (RFC 5321 4.5.3.1.8)';
  findings.warn('smtp.maxRecipients', String(maxRecipients), problem, 'write 100 or more');
}
