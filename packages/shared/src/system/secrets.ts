/** Users and passwords, read while we may: at the start, and again on reload. */
import { readFileSync } from 'node:fs';
import { parseUsers } from './passwords.ts';
import type { Settings } from './settings.ts';

export interface Secrets {
  /** Name → hash of those who may relay. */
  readonly users: ReadonlyMap<string, string>;
  /** Path of a password file → what is in it. */
  readonly passwords: ReadonlyMap<string, string>;
}

/** @throws naming file and line of what is wrong */
export function readSecrets(usersFile: string | null, routes: Settings['routes']): Secrets {
  const text = usersFile === null ? '' : readFileSync(usersFile, 'utf8');
  const { users, faults } = parseUsers(text);
  if (faults.length > 0)
    throw new Error(faults.map(({ line, problem }) => `${usersFile}:${line}: ${problem}`).join('\n'));
  const passwords = new Map<string, string>();
  for (const { auth } of routes.values())
    if (auth) passwords.set(auth.passwordFile, readFileSync(auth.passwordFile, 'utf8').replace(/\r?\n$/, ''));
  return { users, passwords };
}
