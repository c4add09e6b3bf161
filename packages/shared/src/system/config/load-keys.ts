/** The keys that say how much a gateway takes before it sends clients to its partner. */
import { decimal, yesNo } from './format.ts';
import { key } from './key.ts';

const share = decimal(0.2, 1);

export const loadKeys = {
  'load.budget': key(
    share,
    0.8,
    'Load up to which a gateway takes every client; 1 is all it can. Above it strangers are asked to go to the ' +
      'other MX while that one has room.',
    '0.7',
  ),
  'load.limit': key(
    share,
    0.95,
    'Load past which the port for mail from the internet is closed while the other MX has room. When it has none, ' +
      'the sessions past this share of limits.connections are for clients that have delivered mail before.',
    '0.9',
  ),
  'load.shed': key(
    yesNo,
    true,
    'Whether clients may be sent to the other MX. It needs pair.secretFile, for partners must know of each other.',
    'false',
  ),
} as const;
