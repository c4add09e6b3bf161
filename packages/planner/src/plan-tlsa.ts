/**
 * Selects the planned TLSA records (RFC 7672 §3.1.1). A host whose key is unknown gets none, because a record
 * that does not match makes every sender with DANE refuse to deliver. Pure.
 */
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import { composeTlsa, tlsaName } from '@mailpair/shared/dns-records/tlsa';
import { namesOf } from './plan-hosts.ts';
import type { RoleHosts } from './plan-hosts.ts';

/** A key that a gateway presents now or will present. */
export interface HostKey {
  /** The path of the file that contains the key. */
  readonly file: string;
  /** SHA-256 of the SubjectPublicKeyInfo in lower-case hexadecimal. */
  readonly digest: string;
  /**
   * Whether the certificate is valid for a name; null for a key without a certificate, which any role may use
   * next.
   */
  readonly covers: ((name: string) => boolean) | null;
  /** Whether the certificate is self-signed, which MTA-STS does not accept. */
  readonly selfSigned: boolean;
}

/** The keys to publish for a role; none if a machine of the role may present a key that is not known. */
export function keysOf(role: RoleHosts, keys: readonly HostKey[]): HostKey[] {
  const certified = (name: string): HostKey[] => keys.filter(({ covers }) => covers?.(name));
  const nodes = role.nodes.map(({ name }) => certified(name));
  const isKnown =
    certified(role.itself.name).length > 0 || (nodes.length > 0 && nodes.every((found) => found.length > 0));
  if (!isKnown) return [];
  const names = namesOf(role).map(({ name }) => name);
  return keys.filter(({ covers }) => covers === null || names.some((name) => covers(name)));
}

export function tlsaRecords(name: string, keys: readonly HostKey[], ttl: number): RecordSet[] {
  const digests = new Set(keys.map(({ digest }) => digest));
  if (digests.size === 0) return [];
  return [{ name: tlsaName(name), ttl, type: 'TLSA', values: [...digests].map(composeTlsa) }];
}
