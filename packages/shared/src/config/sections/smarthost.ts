/** The keys of what local servers and gateways need of each other beyond the listeners: see "mailpair smarthost". */
import { listOf } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import { listener } from '../schema/listen.ts';
import { address } from '../schema/names.ts';

const sourceDoc =
  'Addresses of this host that its connections to other hosts start from, one of each family; without them the ' +
  'system picks. For a host with several addresses: receivers hold this one against SPF and PTR, local servers ' +
  'know the pair by it. Nodes that need one each set it by environment.';

const publicSourceDoc =
  'Addresses that receivers see its connections come from, where a router translates them (NAT): "mailpair dns plan" puts them into ' +
  'SPF and asks for their PTR records, and "mailpair dns verify" checks both. Without them, sourceAddresses.';

export const smarthostKeys = {
  'inbound.submission': key(
    listOf(listener('submission')),
    [],
    'Where inbound takes mail from your submitters to anywhere, for local servers that can fall back to it while ' +
      'outbound is down. Who may submit is said by outbound.trusted and outbound.users for both. Without it ' +
      'inbound takes none.',
    '["10.0.0.2:587"]',
  ),
  'inbound.sourceAddresses': key(listOf(address), [], sourceDoc, '[192.0.2.10]'),
  'inbound.publicSourceAddresses': key(listOf(address), [], publicSourceDoc, '[192.0.2.11]'),
  'outbound.publicSourceAddresses': key(listOf(address), [], publicSourceDoc, '[192.0.2.21]'),
  'outbound.sourceAddresses': key(listOf(address), [], sourceDoc, '[192.0.2.20, "2001:db8::20"]'),
} as const;
