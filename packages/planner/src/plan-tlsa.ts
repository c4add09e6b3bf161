/**
 * Which TLSA records are planned (RFC 7672 §3.1.1). A host whose key is not known gets none, for a record without it
 * would turn away every sender that uses DANE. Pure.
 */
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import { composeTlsa, tlsaName } from '@mailpair/shared/dns-records/tlsa';
import { namesOf } from './plan-hosts.ts';
import type { RoleHosts } from './plan-hosts.ts';

/** A key that a gateway presents, or will. */
export interface HostKey {
  /** The file it was read from. */
  readonly file: string;
  /** SHA-256 of its SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly digest: string;
  /** Whether it is for this name; null for a key without a certificate, which is for whoever takes it next. */
  readonly covers: ((name: string) => boolean) | null;
  /** Whether its certificate is its own issuer, which MTA-STS does not take. */
  readonly selfSigned: boolean;
}

/** The keys to publish for a role, none when a machine of it may present another one. */
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
