/** The keys of the quarantine: for how long, and how much. */
import { age, size } from '../schema/format.ts';
import { key } from '../schema/key.ts';

export const quarantineKeys = {
  'quarantine.keep': key(age, '30d', 'How long a message is kept in quarantine before it is deleted.', '14d'),
  'quarantine.maxSize': key(
    size('1MB'),
    '2GB',
    'Size of the quarantine of one gateway at most. When it is full, what should go there is deferred with 452; nothing in it ' +
      'is deleted before its time.',
    '10GB',
    { at: 'quarantine.maxBytes' },
  ),
} as const;
