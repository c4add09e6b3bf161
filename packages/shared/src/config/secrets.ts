/** Users, passwords and the pair's secret, read while we may: at the start, and again on reload. */
import { readFileSync } from 'node:fs';
import { makeSecret, parsePairSecret } from './pair-secret.ts';
import { parseUsers } from './passwords.ts';
import type { Settings } from './settings.ts';

export interface Secrets {
  /** Name → hash of those who may relay. */
  readonly users: ReadonlyMap<string, string>;
  /** Path of a password file → what is in it. */
  readonly passwords: ReadonlyMap<string, string>;
  /** Of the pair, the first being the one to use; empty when it has none. */
  readonly pair: readonly string[];
}

/** @throws naming file and line of what is wrong */
export function readSecrets(
  usersFile: string | null,
  { routes, pair, rspamd }: Pick<Settings, 'routes' | 'pair' | 'rspamd'>,
): Secrets {
  const text = usersFile === null ? '' : readFileSync(usersFile, 'utf8');
  const { users, faults } = parseUsers(text);
  if (faults.length > 0)
    throw new Error(faults.map(({ line, problem }) => `${usersFile}:${line}: ${problem}`).join('\n'));
  const passwords = new Map<string, string>();
  const files = [...[...routes.values()].map(({ auth }) => auth?.passwordFile), rspamd.passwordFile];
  for (const path of files) if (path) passwords.set(path, readFileSync(path, 'utf8').replace(/\r?\n$/, ''));
  return { users, passwords, pair: pair.secretFile === null ? [] : readPairSecret(pair.secretFile) };
}

function readPairSecret(path: string): readonly string[] {
  const { secrets, faults } = parsePairSecret(readFileSync(path, 'utf8'));
  if (faults.length === 0) return secrets;
  const told = faults.map(({ line, problem }) => `${path}:${line}: the secret of the pair ${problem}`);
  throw new Error(`${told.join('\n')}; ${makeSecret(path)}`);
}
