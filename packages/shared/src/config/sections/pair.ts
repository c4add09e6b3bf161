/** The keys of the heartbeat between the gateways of a pair. */
import { duration, file } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';

export const heartbeatKeys = {
  'pair.secretFile': optional(
    file('secret'),
    'File of the secret that the gateways share; the same content on every host, made by "openssl rand ' +
      '-base64 32". With it they exchange heartbeats over their HTTP listeners. Several lines are for a change ' +
      'of secret: the first is used, all are taken.',
    '/etc/mailpair/pair.secret',
  ),
  'pair.interval': key(duration('100ms', '1m'), '1s', 'Time between two heartbeats to a partner.', '1s'),
  'pair.deadAfter': key(
    duration('200ms', '10m'),
    '5s',
    'A partner that was not heard of for so long counts as dead: nothing is sent its way until it is back.',
    '5s',
  ),
  'pair.caFile': optional(
    file('authority'),
    'Certificates of authorities (PEM) that are trusted besides what the secret of the pair vouches for. It is needed ' +
      'only where a proxy with a certificate of its own stands before the HTTP listener of a node.',
    '/etc/mailpair/pair-ca.crt',
  ),
} as const;
