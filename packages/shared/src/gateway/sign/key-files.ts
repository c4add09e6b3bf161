/**
 * Makes, activates and removes DKIM keys in their directory. Every file appears whole or not at all; what may sign is
 * changed by one rename, so that a gateway sees the old choice or the new one. Reads and writes files.
 */
import { generateKeyPairSync } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readPrivateKey, readStates, STATES_FILE } from '../../platform/tls/dkim-keys.ts';
import type { DkimDomain, Selector, SelectorStates } from '../../platform/tls/dkim-keys.ts';
import { withGroupOf } from '../../platform/process/privileges.ts';

export type KeyType = 'rsa' | 'ed25519';

const RSA_BITS = 2048;

/** `20261125-rsa`, `20261125b-rsa`: the first that none of the types has yet, for all of them alike. */
export function newSelectors(
  { selectors }: DkimDomain,
  types: readonly KeyType[],
  now: number,
  named?: string,
): ReadonlyMap<KeyType, string> {
  const taken = new Set(selectors.map(({ name }) => name));
  const day = named ?? new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  for (const letter of ['', ...'bcdefghijklmnopqrstuvwxyz']) {
    const names = types.map((type) =>
      named !== undefined && types.length === 1 ? named : `${day}${letter}-${type}`,
    );
    if (names.every((name) => !taken.has(name))) return new Map(types.map((type, at) => [type, names[at]!]));
    if (named !== undefined) break;
  }
  throw new Error(`${named ?? day}: there is such a selector already; name another with --selector`);
}

/** The file of the new private key. One that root makes can be read by the group of the directory around it. */
export function makeKey(domain: DkimDomain, selector: string, type: KeyType): string {
  const { privateKey } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: RSA_BITS }) : generateKeyPairSync('ed25519');
  for (const directory of [dirname(domain.directory), domain.directory]) {
    if (existsSync(directory)) continue;
    mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
    withGroupOf(dirname(directory), (shared) => mkdirSync(directory, { mode: shared ? 0o750 : 0o700 }));
  }
  const file = join(domain.directory, `${selector}.pem`);
  if (existsSync(file)) throw new Error(`${file}: is there already`);
  write(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return file;
}

/**
 * Lets the selectors sign, each in place of those of its kind that did.
 * @returns those that do not sign any more
 */
export function activate(domain: DkimDomain, names: readonly string[], now: number): readonly string[] {
  const time = new Date(now).toISOString();
  const kinds = new Map(domain.selectors.map((selector) => [selector.name, kindOf(selector)]));
  const replaced = new Set(names.map((name) => kinds.get(name)));
  const isReplaced = (name: string): boolean =>
    !names.includes(name) && (replaced.has(kinds.get(name)) || kinds.get(name) === undefined);
  const { active, retired } = readStates(join(domain.directory, STATES_FILE));
  const gone = Object.keys(active).filter(isReplaced);
  writeStates(domain, {
    active: {
      ...without(active, gone),
      ...Object.fromEntries(names.map((name) => [name, active[name] ?? time])),
    },
    retired: { ...without(retired, names), ...Object.fromEntries(gone.map((name) => [name, time])) },
  });
  return gone;
}

/** Removes the private keys of selectors that do not sign. */
export function removeKeys(domain: DkimDomain, selectors: readonly Selector[]): void {
  for (const { file } of selectors) rmSync(file, { force: true });
  const { active, retired } = readStates(join(domain.directory, STATES_FILE));
  const names = selectors.map(({ name }) => name);
  writeStates(domain, { active, retired: without(retired, names) });
}

/** Of a key that cannot be read nobody knows. */
export function kindOf({ file }: Selector): string | undefined {
  try {
    return readPrivateKey(file).asymmetricKeyType;
  } catch {
    return undefined;
  }
}

const without = (times: SelectorStates['active'], names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(times).filter(([name]) => !names.includes(name)));

const writeStates = ({ directory }: DkimDomain, states: SelectorStates): void =>
  write(join(directory, STATES_FILE), `${JSON.stringify(states, null, 2)}\n`);

function write(file: string, text: string): void {
  const draft = join(dirname(file), `.${process.pid}.new`);
  rmSync(draft, { force: true });
  const fd = withGroupOf(dirname(file), (shared) => openSync(draft, 'wx', shared ? 0o640 : 0o600));
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, file);
}
