/** The keys that say how mail is taken, kept and sent, and how the process runs. The limits are in limit-keys.ts. */
import { age, choice, count, decimal, listOf, pause, size, timer } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import { tlsLevel } from '../schema/local-server.ts';
import { network } from '../schema/names.ts';

export const protocolKeys = {
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
    'Age at which the sender of a waiting message is told of the delay.',
    '4h',
  ),
  'queue.expire': key(age, '5d', 'Age at which a waiting message is given up and bounced.', '5d'),
  'queue.minFree': key(
    size('0B'),
    '100MB',
    'Free disk space below which no message is taken into the spool.',
    '1GB',
  ),

  'send.connectionsPerHop': key(count(1, 10_000), 20, 'Connections at a time to one next hop.', '20'),
  'send.connectionsTotal': key(
    count(1, 100_000),
    500,
    'Connections at a time to all next hops together.',
    '500',
  ),
  'send.connectTimeout': key(timer, '30s', 'How long to wait for a connection to a next hop.', '30s'),
  'send.commandTimeout': key(timer, '5m', 'How long to wait for a reply of a next hop.', '5m'),
  'send.messageTimeout': key(timer, '10m', 'How long to wait for the reply to a whole message.', '10m'),
  'send.relayTimeout': key(
    timer,
    '60s',
    'How long a client waits at the final dot for the local server before the message is queued instead.',
    '60s',
  ),
  'send.idle': key(timer, '30s', 'How long an unused connection to a next hop is kept.', '30s'),
  'send.messagesPerConnection': key(
    count(1, 1_000_000),
    1000,
    'Messages sent over one connection before it is closed.',
    '100',
  ),
  'send.chunking': key(
    choice('auto', 'never'),
    'auto',
    'How a message goes to local servers and routes that offer CHUNKING: auto (by BDAT, in one write with its envelope, ' +
      'where it has one recipient and is in memory) or never. Hosts found by MX always get DATA, and so does for an hour a host ' +
      'that does not know BDAT after all.',
    'never',
  ),
  'send.tls': key(
    tlsLevel,
    'opportunistic',
    'TLS towards MX hosts: none, opportunistic (when offered), encrypt (or no delivery), verify ' +
      '(valid certificate or no delivery).',
    'opportunistic',
  ),
  'send.privateDestinations': key(
    listOf(network),
    [],
    'Private and loopback networks where mail may go by MX or address literal. Elsewhere a domain whose mail exchangers have such ' +
      'addresses alone takes no mail: for loopback, link-local and multicast it is bounced (5.4.4), for private addresses it ' +
      'waits (4.4.4). Local servers and routes need not be listed.',
    '[10.20.0.0/16]',
  ),

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
