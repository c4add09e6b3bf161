/**
 * Whether an address may be published in DNS, which requires that it is globally reachable (RFC 6890). The
 * documentation networks are accepted, so that examples can be planned.
 */
import { createNetworks, isAddress } from '@mailpair/shared/platform/network/addresses';

const unreachable = createNetworks([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]);

export const isPublishable = (address: string): boolean => isAddress(address) && !unreachable.has(address);
