/**
 * TLSA records of MX hosts (RFC 6698, RFC 7672 §3.1.1). Those that are composed are 3 1 1, the key itself whoever
 * certified it. Pure.
 */
import { createHash } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import type { TlsaValue } from './records.ts';

export const tlsaName = (host: string): string => `_25._tcp.${host}`;

/** @param digest that of the key, by `keyDigest` */
export const composeTlsa = (digest: string): TlsaValue => ({
  usage: 3,
  selector: 1,
  matching: 1,
  data: digest,
});

/** SHA-256 of a SubjectPublicKeyInfo, lower-case hexadecimal. */
export const keyDigest = (key: KeyObject): string => digestOf(keyOctets(key), 'sha256');

/**
 * Whether a record is about what a host presents (§2.1): usage 3 is the host's own certificate, 2 one that vouches for it.
 * @param chain the host's own certificate first
 */
export function tlsaFits(tlsa: TlsaValue, chain: readonly X509Certificate[]): boolean {
  const candidates = tlsa.usage === 3 ? chain.slice(0, 1) : chain;
  return candidates.some(({ publicKey, raw }) => {
    const octets = tlsa.selector === 1 ? keyOctets(publicKey) : raw;
    const algorithm = tlsa.matching === 2 ? 'sha512' : 'sha256';
    return (tlsa.matching === 0 ? octets.toString('hex') : digestOf(octets, algorithm)) === tlsa.data;
  });
}

const keyOctets = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

const digestOf = (octets: Buffer, algorithm: string): string =>
  createHash(algorithm).update(octets).digest('hex');
