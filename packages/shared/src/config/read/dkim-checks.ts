/**
 * What is wrong with the DKIM keys of the hosted domains, for `config check`. A gateway starts all the same and tells
 * it in its log: mail that comes in must not wait for a key of mail that goes out. Reads files.
 */
import { join } from 'node:path';
import { readDkimDomains, readPrivateKey, STATES_FILE } from '../../platform/tls/dkim-keys.ts';
import type { DkimDomain } from '../../platform/tls/dkim-keys.ts';
import type { Settings } from '../settings.ts';
import { refusalOf } from '../../platform/files/unreadable.ts';
import type { Fault } from '../schema/findings.ts';

export interface DkimFindings {
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

export function checkDkimKeys({ domains, dkim }: Pick<Settings, 'domains' | 'dkim'>): DkimFindings {
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  const tell = (list: Fault[], seen: string, problem: string, fix: string): void =>
    void list.push({ path: 'dkim.keys', seen, problem, fix });
  let found: ReadonlyMap<string, DkimDomain> = new Map();
  try {
    found = readDkimDomains(dkim.keys);
  } catch (error) {
    const { problem, fix } = refusalOf(dkim.keys) ?? {
      problem: (error as Error).message,
      fix: 'let the account of the gateway read it',
    };
    tell(faults, dkim.keys, problem, fix);
  }
  for (const { name } of domains) {
    const { fault, selectors = [] } = found.get(name) ?? {};
    const active = selectors.filter(({ state }) => state === 'active');
    const directory = join(dkim.keys, name);
    if (fault !== undefined) {
      const refused = refusalOf(directory) ?? refusalOf(join(directory, STATES_FILE));
      const fix = 'mend the file, or give it to the account of the gateway';
      tell(faults, directory, refused?.problem ?? fault, refused?.fix ?? fix);
    }
    for (const { file } of active) {
      const refused = refusalOf(file);
      const problem = refused?.problem ?? faultOfKey(file);
      const fix = refused?.fix ?? 'copy the key from the other host, or "mailpair dkim rotate" to another';
      if (problem !== undefined) tell(faults, file, problem, fix);
    }
    if (active.length > 0 || fault !== undefined) continue;
    const make = `mailpair dkim ${selectors.length > 0 ? 'activate' : 'keygen'} ${name}`;
    if (dkim.require) tell(faults, name, 'has no active DKIM key, and dkim.require wants one', make);
    else if (selectors.length > 0)
      tell(warnings, name, 'has DKIM keys and none is active, so its mail is not signed', make);
  }
  return { faults, warnings };
}

function faultOfKey(file: string): string | undefined {
  try {
    readPrivateKey(file);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
