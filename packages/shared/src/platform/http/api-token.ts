/** What programs of this host need to ask a gateway, in its spool directory: whoever can read that may ask. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createFileSync, readRegularSync } from '../files/regular-file.ts';

export const tokenPath = (spool: string): string => join(spool, 'api-token');

/** Makes the token when there is none yet. */
export function keepToken(spool: string): string {
  const path = tokenPath(spool);
  if (!existsSync(path)) createFileSync(path, `${randomBytes(24).toString('base64url')}\n`);
  return readRegularSync(path).toString().trim();
}

/** Which certificates of its HTTP listener to trust, PEM; for `curl --cacert` and Prometheus too. */
export const authorityPath = (spool: string): string => join(spool, 'http-authority.pem');

/**
 * Writes a new file and follows no link in its place. Leaves the file alone while it holds the same keys.
 * @throws when it cannot be written
 */
export function keepAuthority(spool: string, certificates: string): void {
  const path = authorityPath(spool);
  if (keysAt(path) === keysIn(certificates)) return;
  createFileSync(path, certificates, 0o644);
}

/** Undefined where there is no such file; what else is there is written over. */
function keysAt(path: string): string | undefined {
  try {
    return keysIn(readRegularSync(path).toString());
  } catch {
    return undefined;
  }
}

/** '' if it holds something else. */
function keysIn(certificates: string): string {
  try {
    const all = certificates.split(/(?=-----BEGIN)/).map((pem) => new X509Certificate(pem).publicKey);
    return all.map((key) => key.export({ type: 'spki', format: 'pem' })).join('');
  } catch {
    return '';
  }
}
