/**
 * What is made of the pair's secret, by HKDF (RFC 5869): a key to sign heartbeats with, one to hide the values of the
 * configuration with, and a name for the secret that says nothing about it. Pure.
 */
import { hkdfSync } from 'node:crypto';

export interface PartnerKey {
  /** Tells which secret a heartbeat was signed with. */
  readonly id: string;
  readonly signing: Buffer;
  readonly digest: Buffer;
}

/** Sign with the first; take whatever any of them signed. */
export type PartnerKeys = readonly PartnerKey[];

export const deriveKeys = (secrets: readonly string[]): PartnerKeys => secrets.map(deriveKey);

function deriveKey(secret: string): PartnerKey {
  const derive = (purpose: string, octets: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `mailpair 1 ${purpose}`, octets));
  return {
    id: derive('name of the secret', 6).toString('base64url'),
    signing: derive('heartbeat', 32),
    digest: derive('configuration digest', 32),
  };
}
