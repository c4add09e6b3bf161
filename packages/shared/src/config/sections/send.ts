/** How mail is sent. */
import { choice, count, listOf, timer } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import { tlsLevel } from '../schema/local-server.ts';
import { network } from '../schema/names.ts';

export const sendKeys = {
  'send.connectionsPerHop': key(count(1, 10_000), 20, 'Connections at a time to one next hop.', '20', {
    reload: 'restart',
  }),
  'send.connectionsTotal': key(
    count(1, 100_000),
    500,
    'Connections at a time to all next hops together.',
    '500',
    { reload: 'restart' },
  ),
  'send.connectTimeout': key(timer, '30s', 'How long to wait for a connection to a next hop.', '30s', {
    reload: 'restart',
  }),
  'send.commandTimeout': key(timer, '5m', 'How long to wait for a reply of a next hop.', '5m', {
    reload: 'restart',
  }),
  'send.messageTimeout': key(timer, '10m', 'How long to wait for the reply to a whole message.', '10m', {
    reload: 'restart',
  }),
  'send.relayTimeout': key(
    timer,
    '60s',
    'How long a client waits at the final dot for the local server before the message is queued instead.',
    '60s',
  ),
  'send.idle': key(timer, '30s', 'How long an unused connection to a next hop is kept.', '30s', {
    reload: 'restart',
  }),
  'send.messagesPerConnection': key(
    count(1, 1_000_000),
    1000,
    'Messages sent over one connection before it is closed.',
    '100',
    { reload: 'restart' },
  ),
  'send.chunking': key(
    choice('auto', 'never'),
    'auto',
    'How a message goes to local servers and routes that offer CHUNKING: auto (by BDAT, in one write with its envelope, ' +
      'where it has one recipient and is in memory) or never. Hosts found by MX always get DATA, and so does for an hour a host ' +
      'that does not know BDAT after all.',
    'never',
    { reload: 'restart' },
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
} as const;
