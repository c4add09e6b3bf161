/** How the processes of a gateway log, and how they end. */
import { choice, pause } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';

export const processKeys = {
  'log.level': key(
    choice('debug', 'info', 'warn', 'error'),
    'info',
    'Least important kind of line that is logged.',
    'info',
  ),
  shutdownTimeout: key(pause, '30s', 'How long open sessions may finish after SIGTERM.', '30s'),
  'drain.closeAfter': optional(
    pause,
    'How long after "mailpair drain" the listeners stay open for clients that are still sent here. Without it 15s, or with ' +
      'dns.update.server three times dns.update.check and twice dns.update.ttl where that is longer.',
    '5m',
  ),
  'workers.hangAfter': key(
    pause,
    '30s',
    'One of several workers that gives no sign of life for so long, at least 3s, is ended and started anew; 0s: never.',
    '1m',
  ),
} as const;
