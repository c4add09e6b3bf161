/** The inbound gateway: its machines, and where it listens. */
import { listOf } from '../schema/format.ts';
import { key, prefixed } from '../schema/key.ts';
import { listener } from '../schema/listen.ts';
import { machineKeys, nameKeys } from './role.ts';

const examples = {
  host: 'mx-in.example.com',
  addresses: '[192.0.2.10, "2001:db8::10"]',
  nodes:
    '[{ host: in1.example.com, addresses: [192.0.2.11] }, { host: in2.example.com, addresses: [192.0.2.12] }]',
  address: '10.0.0.2',
  httpPort: 8025,
  workers: '4',
  sourceAddresses: '[192.0.2.10]',
  publicSourceAddresses: '[192.0.2.11]',
};

export const inboundKeys = {
  ...prefixed('inbound', nameKeys('inbound', examples)),
  'inbound.listen': key(
    listOf(listener('mx')),
    ['0.0.0.0:25', '[::]:25'],
    'Where it takes mail for the hosted domains. An item may be a mapping of address, tls ' +
      '(starttls, implicit, none) and proxy: the load balancers that connect there, and nobody else, each ' +
      'connection with a PROXY header (version 1 or 2) that tells the client.',
    '["0.0.0.0:25", "[::]:25"]',
    { at: 'inbound.listen.mx', reload: 'restart' },
  ),
  'inbound.submission': key(
    listOf(listener('submission')),
    [],
    'Where inbound takes mail from your submitters to anywhere, for local servers that can fall back to it while ' +
      'outbound is down. Who may submit is said by outbound.trusted and outbound.users for both. Without it ' +
      'inbound takes none.',
    '["10.0.0.2:587"]',
    { at: 'inbound.listen.submission', reload: 'restart' },
  ),
  ...prefixed('inbound', machineKeys('inbound', examples)),
} as const;
