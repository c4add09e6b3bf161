/** The secret of /api, in the spool directory: who can read that may ask. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const tokenPath = (spool: string): string => join(spool, 'api-token');

/** Makes the token when there is none yet. */
export function keepToken(spool: string): string {
  const path = tokenPath(spool);
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  return readFileSync(path, 'utf8').trim();
}
