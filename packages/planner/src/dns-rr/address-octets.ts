/** Addresses as A and AAAA records carry them (RFC 1035 §3.4.1, RFC 3596 §2.2). Pure. */
import { isIPv4 } from 'node:net';
import { normaliseAddress } from '@mailpair/shared/platform/network/addresses';
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';

export function addressOctets(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const nibbles = reverseName(address).split('.').slice(0, 32).reverse().join('');
  return Buffer.from(nibbles, 'hex');
}

/** 4 octets or 16, in the form that addresses are compared in. */
export function formatAddress(octets: Buffer): string {
  if (octets.length === 4) return octets.join('.');
  const hextets = octets.toString('hex').match(/.{4}/g) ?? [];
  return normaliseAddress(hextets.join(':'));
}
