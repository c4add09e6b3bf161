/** How the recipients of the hosted domains are known, and for how long. */
import { verify } from '../schema/domains.ts';
import { age, timer } from '../schema/format.ts';
import { key } from '../schema/key.ts';

export const recipientKeys = {
  'recipients.verify': key(
    verify,
    'callforward',
    'How the recipients of the hosted domains are known: callforward asks the local server, file: ' +
      '/PATH reads one address a line, none accepts every recipient, also those that the local server ' +
      'refuses (and makes you a source of backscatter).',
    'file: /etc/mailpair/recipients',
    { at: 'usual.verify' },
  ),
  'recipients.positiveTtl': key(
    age,
    '7d',
    'How long a recipient known to be valid is not asked for again.',
    '7d',
  ),
  'recipients.negativeTtl': key(
    age,
    '1h',
    'How long a recipient known to be invalid is not asked for again.',
    '1h',
  ),
  'recipients.timeout': key(
    timer,
    '10s',
    'How long RCPT may wait for a call-forward before it is answered 4xx.',
    '10s',
  ),
} as const;
