/** The outbound gateway: its machines, where it listens, and who may relay. */
import { file, listOf } from '../schema/format.ts';
import { key, optional, prefixed } from '../schema/key.ts';
import { listener } from '../schema/listen.ts';
import { trustedNetwork } from '../schema/trusted.ts';
import { machineKeys, nameKeys } from './role.ts';

const examples = {
  host: 'mx-out.example.com',
  addresses: '[192.0.2.20]',
  nodes:
    '[{ host: out1.example.com, addresses: [192.0.2.13] }, { host: out2.example.com, addresses: [192.0.2.14] }]',
  address: '10.0.0.3',
  httpPort: 8026,
  workers: '2',
  sourceAddresses: '[192.0.2.20, "2001:db8::20"]',
  publicSourceAddresses: '[192.0.2.21]',
};

export const outboundKeys = {
  ...prefixed('outbound', nameKeys('outbound', examples)),
  'outbound.listen.submission': key(
    listOf(listener('submission')),
    ['0.0.0.0:587', '[::]:587'],
    'Where it takes mail from your submitters to anywhere. Port 465 is TLS from the first byte unless ' +
      'the item says otherwise. An item may be a mapping, as in inbound.listen.',
    '["10.0.0.3:587", { address: "10.0.0.3:2587", tls: none }]',
    { reload: 'restart' },
  ),
  'outbound.listen.mx': key(
    listOf(listener('mx')),
    ['0.0.0.0:25', '[::]:25'],
    'Where it takes mail for the hosted domains when inbound is down or full (the second MX).',
    '["0.0.0.0:25"]',
    { reload: 'restart' },
  ),
  'outbound.trusted': key(
    listOf(trustedNetwork),
    [],
    'Networks whose hosts may relay without credentials. Public networks wider than /24 (IPv6 /48) ' +
      'and any wider than /8 are refused: they would make an open relay.',
    '[10.0.0.0/24, "2001:db8:1::/64"]',
  ),
  'outbound.users': optional(
    file('users'),
    'File of those who may relay after SMTP AUTH (over TLS only): name:hash lines, made by "mailpair ' +
      'password NAME".',
    '/etc/mailpair/users',
  ),
  ...prefixed('outbound', machineKeys('outbound', examples)),
} as const;
