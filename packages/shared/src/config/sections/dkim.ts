/** The keys of DKIM: where the private keys lie, and what happens when one cannot be used. */
import { age, choice, directory, pause, yesNo } from '../schema/format.ts';
import { key } from '../schema/key.ts';

export const dkimKeys = {
  'dkim.keys': key(
    directory,
    '/etc/mailpair/dkim',
    'Directory of the DKIM keys: DOMAIN/SELECTOR.pem, a private key (RSA or Ed25519) each. Every selector that has a ' +
      'file is published; those that `mailpair dkim activate` made active sign what submitters of a hosted domain ' +
      'send, and what a gateway writes itself. Every host that sends mail of submitters needs the same directory.',
    '/etc/mailpair/dkim',
  ),
  'dkim.onFault': key(
    choice('send', 'defer'),
    'send',
    'What becomes of a submitted message whose domain has active keys none of which can be used: send it unsigned, or ' +
      'ask the submitter to come back. Either way it is told in log and metrics.',
    'defer',
  ),
  'dkim.require': key(
    yesNo,
    false,
    'Whether a hosted domain without an active key is such a fault too, so that its mail leaves signed or not at all ' +
      '(with dkim.onFault: defer).',
    'true',
  ),
  'dkim.watch': key(
    pause,
    '1h',
    'How often a gateway asks its resolvers whether DNS still shows the keys that sign; a record that is gone is told in log ' +
      'and metrics, and the key signs all the same. 0s does not ask.',
    '15m',
  ),
  'dkim.keepRetired': key(
    age,
    '7d',
    'How long a key that signs no more stays published: what it signed may be in queues and be verified late. ' +
      '`mailpair dkim remove` removes none before.',
    '14d',
  ),
} as const;
