/** The keys of what is made of the names of a client, and of how it begins. Scores are added to that of the message; 0 is off. */
import { yesNo } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import { score } from '../schema/score.ts';

export const clientKeys = {
  'clients.noName': key(score, 1.5, 'Score of a client whose address has no name in DNS.', '3'),
  'clients.unconfirmedName': key(
    score,
    1,
    'Score of a client whose address has a name which does not have that address.',
    '2',
  ),
  'clients.genericName': key(
    score,
    1.5,
    "Score of a client whose name says its address, like a line of a provider's customer.",
    '1',
  ),
  'clients.refuseOurName': key(
    yesNo,
    true,
    'Whether a client is refused that calls itself by a name or address of this pair and has none of its addresses.',
    'false',
  ),
  'clients.ourName': key(score, 5, 'Score of such a client where it is not refused.', '5'),
  'clients.hostedName': key(
    score,
    3,
    'Score of a client that calls itself by a hosted domain which does not have its address.',
    '5',
  ),
  'clients.wrongAddress': key(
    score,
    3,
    'Score of a client that calls itself by an address which is not its own; half of it for its own without brackets.',
    '3',
  ),
  'clients.bareWord': key(score, 1.5, 'Score of a client that calls itself by a word without a dot.', '1'),
  'clients.unknownName': key(
    score,
    1,
    'Score of a client that calls itself by a name without an address in DNS.',
    '2',
  ),
  'clients.earlyTalker': key(
    score,
    3,
    'Score of a client that spoke before it was greeted, where smtp.earlyTalkers does not refuse it.',
    '5',
  ),
} as const;
