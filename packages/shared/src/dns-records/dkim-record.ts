/** The public half of a DKIM key as its DNS record has it (RFC 6376 §3.6.1, RFC 8463 §4). Pure. */
import type { KeyObject } from 'node:crypto';
import { parseTagList } from './tag-list.ts';

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

export const dkimName = ({ selector, domain }: Pick<DkimKey, 'selector' | 'domain'>): string =>
  `${selector}._domainkey.${domain}`;

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

/** Its tags; a record need not say its version, nor an RSA key that it is one. */
export function parseDkimRecord(text: string): ReadonlyMap<string, string> {
  const tags = parseTagList(text);
  const isKey = tags.get('v') === 'DKIM1' || (!tags.has('v') && tags.has('p'));
  return isKey ? new Map([['k', 'rsa'], ...tags, ['v', 'DKIM1']]) : tags;
}

export const isDkimRecord = (text: string): boolean => parseTagList(text).has('p');

export const isSameDkimKey = (a: string, b: string): boolean => {
  const [first, second] = [parseDkimRecord(a), parseDkimRecord(b)];
  return ['k', 'p'].every((tag) => first.get(tag) === second.get(tag));
};

/** What stands at the name of a key: the key and no other one, or else what. */
export type DkimShown =
  { readonly kind: 'visible' } | { readonly kind: 'missing' | 'other'; readonly has: string };

/** @param texts those at its name */
export function judgeDkimTexts(record: string, texts: readonly string[]): DkimShown {
  const [live, ...more] = texts.filter(isDkimRecord);
  if (live === undefined) return { kind: 'missing', has: 'no such record' };
  if (more.length > 0) return { kind: 'other', has: `${1 + more.length} records for it` };
  if (isSameDkimKey(live, record)) return { kind: 'visible' };
  return { kind: 'other', has: parseDkimRecord(live).get('p') === '' ? 'a revoked key' : 'another key' };
}
