/** The keys of what is kept of decisions, for `trace` and `replay`. */
import { duration, size } from '../schema/format.ts';
import { key } from '../schema/key.ts';

export const recordKeys = {
  'records.keep': key(
    duration('0s', '365d'),
    '14d',
    'How long it is kept what was learnt of a message, what was decided and what became of it; 0s keeps nothing.',
    '30d',
  ),
  'records.maxSize': key(
    size('1MB'),
    '256MB',
    'Size of all that is kept so; a message takes about 2 KB. The oldest goes first. A quarter of it is for refusals at RCPT.',
    '2GB',
    { at: 'records.maxBytes' },
  ),
} as const;
