/**
 * The keys that sign, by domain, read from their directory once and held as KeyObjects. A key that could be read before
 * and cannot be any more goes on signing, and the fault is told. Reads files.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readDkimDomains, readPrivateKey } from '../../platform/tls/dkim-keys.ts';
import type { DkimDomain } from '../../platform/tls/dkim-keys.ts';
import { signingKey } from './signing-key.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * - `waiting`: there are keys, and none is active
 * - `active`: all active keys sign
 * - `impaired`: something is wrong, and there is a key that signs
 * - `fault`: it should be signed and cannot be
 */
export type Standing = 'waiting' | 'active' | 'impaired' | 'fault';

export interface DomainKeys {
  readonly domain: string;
  readonly standing: Standing;
  /** RSA first. */
  readonly keys: readonly SigningKey[];
  /** What is wrong, each a sentence for the operator. */
  readonly faults: readonly string[];
}

export type KeyRing = ReadonlyMap<string, DomainKeys>;

/**
 * @param domains those that mail is signed for
 * @param before what was read last
 */
export function readKeyRing(directory: string, domains: readonly string[], before: KeyRing): KeyRing {
  const ring = new Map<string, DomainKeys>();
  let found: ReadonlyMap<string, DkimDomain>;
  try {
    found = readDkimDomains(directory);
  } catch (error) {
    found = new Map();
    for (const name of domains)
      if (!before.has(name)) ring.set(name, keysOf(name, [], [(error as Error).message], true));
  }
  for (const name of domains) {
    const domain = found.get(name);
    const known = before.get(name);
    if (domain) {
      if (domain.selectors.length > 0 || domain.fault !== undefined)
        ring.set(name, readDomain(domain, known));
    } else if (known && known.keys.length > 0) {
      const fault = `${directory}: has nothing for ${name} any more; its keys are used until this gateway ends`;
      ring.set(name, keysOf(name, known.keys, [fault], true));
    }
  }
  return ring;
}

function readDomain({ name, selectors, fault }: DkimDomain, known: DomainKeys | undefined): DomainKeys {
  if (fault !== undefined) return keysOf(name, known?.keys ?? [], [fault], true);
  const faults: string[] = [];
  const keys: SigningKey[] = [];
  const active = selectors.filter(({ state }) => state === 'active');
  for (const { name: selector, file } of active)
    try {
      keys.push(readKey(name, selector, file));
    } catch (error) {
      faults.push((error as Error).message);
      const held = known?.keys.find((key) => key.selector === selector);
      if (held) keys.push(held);
    }
  return keysOf(name, keys, faults, active.length > 0);
}

function readKey(domain: string, selector: string, file: string): SigningKey {
  const key = readPrivateKey(file);
  try {
    return signingKey(domain, selector, key);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

function keysOf(
  domain: string,
  keys: readonly SigningKey[],
  faults: readonly string[],
  isAsked: boolean,
): DomainKeys {
  const standing = !isAsked
    ? 'waiting'
    : keys.length === 0
      ? 'fault'
      : faults.length > 0
        ? 'impaired'
        : 'active';
  return { domain, standing, keys: keys.toSorted(rsaFirst), faults };
}

const rsaFirst = (a: SigningKey, b: SigningKey): number =>
  Number(b.algorithm === 'rsa-sha256') - Number(a.algorithm === 'rsa-sha256');

/** The keys for an author: of the author's domain, or of the nearest above it that should be signed for (RFC 7489 §3.1.1). */
export function keysFor(ring: KeyRing, author: string): DomainKeys | undefined {
  for (let name = author; name !== ''; name = parentOf(name)) {
    const keys = ring.get(name);
    if (keys && keys.standing !== 'waiting') return keys;
  }
  return undefined;
}

const parentOf = (name: string): string => {
  const dot = name.indexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
};

/** Changes whenever a key or the choice of selectors does; a file that is written in place goes unnoticed. */
export function fingerprintOf(directory: string, domains: readonly string[]): string {
  const at = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  try {
    return [at(directory), ...domains.map((name) => at(join(directory, name)))].join(' ');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
