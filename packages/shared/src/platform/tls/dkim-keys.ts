/**
 * The directory of DKIM keys: DOMAIN/SELECTOR.pem holds a private key, DOMAIN/selectors.json says which selectors sign
 * (`active`) and which did before (`retired`), each with the time since when. A key that it does not name waits.
 * What cannot be read is told with its domain, and never taken for missing.
 */
import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normaliseDomain } from '../values/address.ts';
import { refusalOf } from '../files/unreadable.ts';

export type SelectorState = 'waiting' | 'active' | 'retired';

export interface Selector {
  readonly name: string;
  readonly file: string;
  readonly state: SelectorState;
  /** Ms since the epoch; null while it waits. */
  readonly since: number | null;
}

export interface DkimDomain {
  /** Lower-case A-labels. */
  readonly name: string;
  readonly directory: string;
  /** In order of their names; those that are named without having a file too. */
  readonly selectors: readonly Selector[];
  /** Why it is not known which of them sign. */
  readonly fault?: string;
}

/** Selector → time of ISO 8601. */
export interface SelectorStates {
  readonly active: Readonly<Record<string, string>>;
  readonly retired: Readonly<Record<string, string>>;
}

export const STATES_FILE = 'selectors.json';
const SUFFIX = '.pem';
const MAX_SELECTORS = 100;

/**
 * The domains that have a directory, by name.
 * @throws when the directory is there and cannot be read
 */
export function readDkimDomains(directory: string): Map<string, DkimDomain> {
  const domains = [...dkimDirectories(directory)];
  return new Map(domains.map(([name, path]) => [name, readDkimDomain(name, path)]));
}

/**
 * Domain → its directory.
 * @throws when the directory of all is there and cannot be read
 */
export function dkimDirectories(directory: string): Map<string, string> {
  const directories = new Map<string, string>();
  for (const entry of namesIn(directory)) {
    const name = normaliseDomain(entry);
    if (!directories.has(name)) directories.set(name, join(directory, entry));
  }
  return directories;
}

/**
 * The selectors that have a file in the directory of a domain, lower-case.
 * @throws when it is there and cannot be read
 */
export const selectorsIn = (directory: string): string[] =>
  namesIn(directory)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length).toLowerCase());

export const keyFile = (directory: string, selector: string): string =>
  join(directory, `${selector}${SUFFIX}`);

/** One domain, also when it has no directory yet. */
export function readDkimDomain(name: string, directory: string): DkimDomain {
  try {
    const states = readStates(join(directory, STATES_FILE));
    const names = [...new Set([...selectorsIn(directory), ...Object.keys(states.active)])]
      .sort()
      .slice(0, MAX_SELECTORS);
    return { name, directory, selectors: names.map((selector) => selectorOf(selector, directory, states)) };
  } catch (error) {
    return { name, directory, selectors: [], fault: (error as Error).message };
  }
}

/** @throws naming the file and what is wrong with it */
export function readPrivateKey(file: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const refused = code === 'EACCES' ? refusalOf(file) : undefined;
    const reason = refused
      ? `${refused.problem}; ${refused.fix}`
      : (code !== undefined && reasons[code]) || message;
    throw new Error(`${file}: ${reason}`, { cause: error });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read by this account',
  EISDIR: 'is a directory',
  ERR_OSSL_UNSUPPORTED: 'holds no private key in PEM',
  ERR_MISSING_PASSPHRASE: 'holds a key behind a passphrase',
};

export const stateOf = (name: string, { active, retired }: SelectorStates): SelectorState =>
  Object.hasOwn(active, name) ? 'active' : Object.hasOwn(retired, name) ? 'retired' : 'waiting';

function selectorOf(name: string, directory: string, states: SelectorStates): Selector {
  const { active, retired } = states;
  const state = stateOf(name, states);
  const at = Date.parse((state === 'active' ? active : retired)[name] ?? '');
  return {
    name,
    file: keyFile(directory, name),
    state,
    since: Number.isNaN(at) ? null : at,
  };
}

/** None when there is no such file. */
export function readStates(file: string): SelectorStates {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { active: {}, retired: {} };
    throw new Error(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
  try {
    const read = JSON.parse(text) as unknown;
    const { active = {}, retired = {} } = read as Partial<Record<string, unknown>>;
    if (!Array.isArray(read) && isTimes(active) && isTimes(retired)) return { active, retired };
  } catch {
    // Told below.
  }
  throw new Error(
    `${file}: is not {"active": {"SELECTOR": "TIME"}, "retired": {…}}; let "mailpair dkim" write it`,
  );
}

const isTimes = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((time) => typeof time === 'string');

/** Without hidden ones; none when the directory does not exist. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    // A file beside the directories of the domains is none.
    if (code === 'ENOTDIR') return [];
    throw new Error(`${directory}: cannot be read (${code})`, { cause: error });
  }
}
