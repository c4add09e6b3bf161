/** What programs of this host need to ask a gateway, in its spool directory: whoever can read that may ask. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const tokenPath = (spool: string): string => join(spool, 'api-token');

/** Makes the token when there is none yet. */
export function keepToken(spool: string): string {
  const path = tokenPath(spool);
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  return readFileSync(path, 'utf8').trim();
}

/** Which certificates of its HTTP listener to trust, PEM; for `curl --cacert` and Prometheus too. */
export const authorityPath = (spool: string): string => join(spool, 'http-authority.pem');

/**
 * Writes a new file and follows no link in its place. Leaves the file alone while it holds the same keys.
 * @throws when it cannot be written
 */
export function keepAuthority(spool: string, certificates: string): void {
  const path = authorityPath(spool);
  if (existsSync(path) && keysIn(readFileSync(path, 'utf8')) === keysIn(certificates)) return;
  rmSync(path, { force: true });
  writeFileSync(path, certificates, { mode: 0o644, flag: 'wx' });
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
