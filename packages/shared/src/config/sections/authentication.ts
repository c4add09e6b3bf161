/** The keys of SPF, DKIM, ARC and DMARC: what follows from what they say. Scores are added to that of the message; 0 is off. */
import { choice, listOf, yesNo } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import { domainName, networkOrDomain } from '../schema/names.ts';
import { score } from '../schema/score.ts';

export const authenticationKeys = {
  'authentication.check': key(
    yesNo,
    true,
    'Whether SPF, DKIM, ARC and DMARC of mail from strangers are looked at. Networks in outbound.trusted, the pair itself and ' +
      'private addresses are no strangers.',
    'false',
  ),
  'authentication.onFault': key(
    choice('accept', 'defer'),
    'accept',
    'When DNS does not say what SPF or DMARC need: go on without it, or ask the client to come back.',
    'defer',
  ),
  'authentication.forwarders': key(
    listOf(networkOrDomain),
    [],
    'Hosts that forward mail to the hosted domains, as networks, or as domains that SPF proves. Mail that fails SPF or ' +
      'DMARC for coming through them is not held against its sender.',
    '[192.0.2.0/24, forwarder.example]',
  ),
  'authentication.sealers': key(
    listOf(domainName),
    [],
    'Domains whose ARC seals are believed: where one of them saw the message pass DMARC, and all that sealed it since are ' +
      'believed too, it counts as passed.',
    '[google.com, microsoft.com, lists.example.org]',
  ),
  'spf.refuse': key(
    yesNo,
    false,
    'Whether a client that SPF says may not send for the domain (fail) is refused at RCPT. Forwarded mail fails too: DMARC is ' +
      'the better judge.',
    'true',
    { at: 'authentication.spf.refuse' },
  ),
  'spf.fail': key(score, 2, 'Score of fail, unless DMARC passes.', '4', { at: 'authentication.spf.fail' }),
  'spf.softfail': key(score, 1, 'Score of softfail, unless DMARC passes.', '2', {
    at: 'authentication.spf.softfail',
  }),
  'spf.permerror': key(score, 0.5, 'Score of a record that cannot be read, unless DMARC passes.', '1', {
    at: 'authentication.spf.permerror',
  }),
  'spf.none': key(score, 0.5, 'Score of a domain without a record, unless DMARC passes.', '0', {
    at: 'authentication.spf.none',
  }),
  'dmarc.obey': key(
    yesNo,
    true,
    'Whether mail that fails DMARC is treated as the domain in its From asks for: refused, or put into quarantine.',
    'false',
    { at: 'authentication.dmarc.obey' },
  ),
  'dmarc.fail': key(
    score,
    2,
    'Score of mail that fails DMARC and is neither refused nor put into quarantine for it.',
    '4',
    { at: 'authentication.dmarc.fail' },
  ),
  'dmarc.lists': key(
    choice('obey', 'quarantine', 'score'),
    'quarantine',
    'The strictest that follows from failing DMARC where a message has the signs of a mailing list; such change messages, ' +
      'but anybody can write such signs. score holds only where SPF or DKIM proves the domain of the list; else it is quarantine.',
    'obey',
    { at: 'authentication.dmarc.lists' },
  ),
  'dmarc.noDomain': key(
    score,
    3,
    'Score of mail whose From names no domain, or several of which none asks for more. Mail whose From is missing, repeated, ' +
      'names more than ten domains, or cannot be read and names none goes to quarantine besides (dmarc.obey).',
    '5',
    { at: 'authentication.dmarc.noDomain' },
  ),
  'spoofing.verdict': key(
    choice('score', 'quarantine', 'reject'),
    'reject',
    'What follows when a stranger uses a hosted domain as its own in From or the reverse-path, and neither SPF nor DKIM proves ' +
      'it. score is milder, for as long as services send for the domains that are not in their SPF record and do not sign. What ' +
      'has the signs of a mailing list goes to quarantine rather than being refused, or as dmarc.lists: score says.',
    'score',
    { at: 'authentication.spoofing.verdict' },
  ),
  'spoofing.score': key(score, 4, 'Score of that.', '6', { at: 'authentication.spoofing.score' }),
  'lookalike.domain': key(
    score,
    3,
    'Score of a From whose domain looks like a hosted one: the same to the eye, or a letter off.',
    '5',
    { at: 'authentication.lookalike.domain' },
  ),
  'lookalike.name': key(
    score,
    3,
    'Score of a From that shows a hosted domain or an address in it as its name, and is of another domain.',
    '5',
    { at: 'authentication.lookalike.name' },
  ),
  'lookalike.otherAddress': key(
    score,
    1,
    'Score of a From that shows an address as its name, of another domain than its own.',
    '2',
    { at: 'authentication.lookalike.otherAddress' },
  ),
  'lookalike.except': key(
    listOf(domainName),
    [],
    'Domains that look like a hosted one and are well known.',
    '[example.org]',
    { at: 'authentication.lookalike.except' },
  ),
} as const;
