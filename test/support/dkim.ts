/** DKIM keys for tests, in a directory and in DNS, and signatures as mailauth verifies them. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { authenticate } from 'mailauth';
import { composeDkimRecord } from '@mailpair/shared/dns-records/dkim-record';
import type { DnsZone } from './dns-server.ts';

export type Texts = ReadonlyMap<string, string>;

export const rsaPem = (bits = 2048): string =>
  generateKeyPairSync('rsa', { modulusLength: bits })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
export const ed25519Pem = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export const recordNameOf = (domain: string, selector: string): string => `${selector}._domainkey.${domain}`;

export const recordOf = (pem: string | Buffer): string => composeDkimRecord(createPublicKey(pem));

/** Puts keys into a directory as `dkim.keys` has them; `active` are the selectors that sign. */
export function writeKeys(
  directory: string,
  domain: string,
  pems: Readonly<Record<string, string>>,
  active: readonly string[] = Object.keys(pems),
  retired: readonly string[] = [],
): void {
  mkdirSync(join(directory, domain), { recursive: true });
  for (const [selector, pem] of Object.entries(pems))
    writeFileSync(join(directory, domain, `${selector}.pem`), pem);
  writeStates(directory, domain, active, retired);
}

export function writeStates(
  directory: string,
  domain: string,
  active: readonly string[],
  retired: readonly string[] = [],
): void {
  const since = (names: readonly string[]): object =>
    Object.fromEntries(names.map((name) => [name, '2026-01-02T03:04:05Z']));
  const text = JSON.stringify({ active: since(active), retired: since(retired) });
  writeFileSync(join(directory, domain, 'selectors.json'), text);
}

/** What DNS has to say of keys in a directory. */
export const zoneOf = (directory: string, domain: string, selectors: readonly string[]): DnsZone =>
  Object.fromEntries(
    selectors.map((selector) => [
      recordNameOf(domain, selector),
      { TXT: [recordOf(readFileSync(join(directory, domain, `${selector}.pem`)))] },
    ]),
  );

export interface Verified {
  /** One `pass rsa-sha256 example.com s1` a signature, top first. */
  readonly dkim: readonly string[];
  /** `none`, `pass`, `fail`. */
  readonly arc: string;
}

/** @param texts name → TXT record */
export async function verify(message: Buffer, texts: Texts | DnsZone): Promise<Verified> {
  const text = (name: string): string | undefined => {
    if (texts instanceof Map) return texts.get(name) as string | undefined;
    const records = (texts as DnsZone)[name];
    return typeof records === 'object' && Array.isArray(records.TXT) ? String(records.TXT[0]) : undefined;
  };
  const { dkim, arc } = (await authenticate(message, {
    ip: '192.0.2.1',
    helo: 'sender.test',
    sender: 'anna@sender.test',
    resolver: (name, type) => {
      const found = type === 'TXT' ? text(name) : undefined;
      return found === undefined
        ? Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }))
        : Promise.resolve([[found]]);
    },
  })) as unknown as {
    dkim: {
      results: { status: { result: string }; algo: string; signingDomain: string; selector: string }[];
    };
    arc: { status: { result: string } };
  };
  return {
    dkim: dkim.results
      .filter(({ algo }) => algo !== undefined)
      .map(
        ({ status, algo, signingDomain, selector }) =>
          `${status.result} ${algo} ${signingDomain} ${selector}`,
      ),
    arc: arc.status.result,
  };
}
