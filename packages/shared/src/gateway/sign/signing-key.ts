/** A key that signs, and what it makes of octets (RFC 6376 §3.3.3, RFC 8463 §3). */
import { hash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export type SigningAlgorithm = 'rsa-sha256' | 'ed25519-sha256';

export interface SigningKey {
  /** Lower-case A-labels. */
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: SigningAlgorithm;
  readonly key: KeyObject;
}

const shortestRsaBits = 1024;

/** @throws saying why the key cannot sign mail */
export function signingKey(domain: string, selector: string, key: KeyObject): SigningKey {
  const type = key.asymmetricKeyType;
  if (type === 'ed25519') return { domain, selector, algorithm: 'ed25519-sha256', key };
  if (type !== 'rsa') throw new Error(`is a key of type ${type ?? 'unknown'}; DKIM knows rsa and ed25519`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < shortestRsaBits) throw new Error(`is an RSA key of ${bits} bits, which receivers ignore`);
  return { domain, selector, algorithm: 'rsa-sha256', key };
}

/** The signature in base64. `data` are octets (latin1). */
export function signData({ algorithm, key }: SigningKey, data: string): string {
  const octets = Buffer.from(data, 'latin1');
  // Ed25519 signs the hash, so that signer and verifier need to handle 32 octets only.
  const signature =
    algorithm === 'rsa-sha256'
      ? sign('sha256', octets, key)
      : sign(null, hash('sha256', octets, 'buffer'), key);
  return signature.toString('base64');
}
