/** The public half of a DKIM key as its DNS record has it (RFC 6376 §3.6.1, RFC 8463 §4). Pure. */
import type { KeyObject } from 'node:crypto';

export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  /** The text of the TXT record. */
  readonly record: string;
  /** It does not sign yet. */
  readonly isWaiting?: boolean;
}

const shortestRsaBits = 1024;
/** The length of the SubjectPublicKeyInfo header of an Ed25519 key, before its 32 octets (RFC 8410 §4). */
const ed25519HeaderOctets = 12;

/** @throws saying why receivers could not use the key */
export function composeDkimRecord(publicKey: KeyObject): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const type = publicKey.asymmetricKeyType;
  if (type === 'ed25519')
    return `v=DKIM1; k=ed25519; p=${spki.subarray(ed25519HeaderOctets).toString('base64')}`;
  if (type !== 'rsa') throw new Error(`holds a key of type ${type ?? 'unknown'}; DKIM knows rsa and ed25519`);
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < shortestRsaBits)
    throw new Error(`holds an RSA key of ${bits} bits, which receivers ignore; make one of 2048`);
  return `v=DKIM1; k=rsa; p=${spki.toString('base64')}`;
}
