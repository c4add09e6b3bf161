/**
 * The keys of what clients may do on the listeners for mail from the internet: how much in which time, and how many
 * mailboxes they may ask for that do not exist.
 */
import { count, listOf, pause, timer } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import { network } from '../schema/names.ts';
import { rate } from '../schema/rate.ts';

export const conductKeys = {
  'rates.connectionsPerClient': key(
    rate,
    '300/1m',
    'Connections of one address, or IPv6 network of 64 bits, in a time; more are answered 421.',
    '120/1m',
  ),
  'rates.connectionsPerNetwork': key(
    rate,
    '1200/1m',
    'The same of a neighbourhood: with IPv4 a /24, with IPv6 a /48.',
    '600/1m',
  ),
  'rates.messagesPerClient': key(
    rate,
    '600/1m',
    'Messages (MAIL commands) of one client in a time; more are answered 450.',
    '200/1m',
  ),
  'rates.messagesPerNetwork': key(rate, '3000/1m', 'The same of a neighbourhood.', '1000/1m'),
  'rates.messagesPerSender': key(
    rate,
    '600/1m',
    'The same of one reverse-path, wherever it comes from; the null reverse-path is not counted.',
    '100/1m',
  ),
  'rates.recipientsPerClient': key(
    rate,
    '6000/1m',
    'Recipients (RCPT commands) of one client in a time; more are answered 450.',
    '2000/1m',
  ),
  'rates.exempt': key(
    listOf(network),
    [],
    'Networks whose clients are neither limited by rates nor banned. Private addresses and those of the pair never are.',
    '[198.51.100.0/24]',
  ),

  'harvest.credit': key(
    count(0, 100_000),
    20,
    'Mailboxes that do not exist which a client may ask for, at once or within harvest.refill; each costs one, with the null ' +
      'reverse-path a quarter, and a message that is taken gives two back. Without any left the client is banned. 0 is off.',
    '10',
  ),
  'harvest.refill': key(timer, '1h', 'Time in which all of the credit comes back.', '2h'),
  'harvest.tarpit': key(
    pause,
    '5s',
    'How long a client with less than half of its credit waits for the answer that a mailbox does not exist.',
    '10s',
  ),
  'harvest.tarpitSessions': key(
    count(0, 100_000),
    50,
    'Sessions that are kept waiting like this at a time; others are answered at once.',
    '100',
  ),
  'harvest.ban': key(
    timer,
    '1h',
    'How long a client is banned; twice as long each time it is banned again within a day, up to a day.',
    '4h',
  ),
} as const;
