/**
 * Reads the public keys that are published in DNS: those of the certificates, and DKIM keys from their
 * directory (DOMAIN/SELECTOR.pem). Reads files; does not keep private keys in memory. A file that cannot be
 * read or used results in a note, because the plan may be made on a host without the keys.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  dkimDirectories,
  keyFile,
  readStates,
  selectorsIn,
  stateOf,
  STATES_FILE,
} from '@mailpair/shared/platform/tls/dkim-keys';
import type { Settings } from '@mailpair/shared/config/settings';
import { normaliseDomain } from '@mailpair/shared/platform/values/address';
import { composeDkimRecord } from '@mailpair/shared/dns-records/dkim-record';
import type { DkimKey } from '@mailpair/shared/dns-records/dkim-record';
import { keyDigest } from '@mailpair/shared/dns-records/tlsa';
import type { HostKey } from './plan-tlsa.ts';

export interface PublicKeys {
  readonly hosts: readonly HostKey[];
  readonly dkim: readonly DkimKey[];
  /** Files that could not be read or used, each a sentence. */
  readonly notes: readonly string[];
}

export const noPublicKeys: PublicKeys = { hosts: [], dkim: [], notes: [] };

export function readPublicKeys({
  domains,
  tls,
  publish,
  dkim,
}: Pick<Settings, 'domains' | 'tls' | 'publish'> & {
  readonly dkim: Pick<Settings['dkim'], 'keys'>;
}): PublicKeys {
  const notes: string[] = [];
  const note = (sentence: string): void => void notes.push(sentence);
  // Without TLSA, the certificate is still needed to decide whether MTA-STS can be enforced.
  const files = publish.tlsa ? [tls.certFile, ...publish.certificates] : [tls.certFile];
  const hosts = files.filter((file) => file !== null).flatMap((file) => readHostKey(file, note));
  const hosted = new Set(domains.map(({ name }) => normaliseDomain(name)));
  return { hosts, dkim: readDkimKeys(dkim.keys, hosted, note), notes };
}

type Note = (sentence: string) => void;

function readHostKey(file: string, note: Note): HostKey[] {
  try {
    return [hostKey(file, readFileSync(file, 'utf8'))];
  } catch (error) {
    note(
      `${file}: ${reasonOf(error)}, so its key is not published; make the plan on a host and account that has it.`,
    );
    return [];
  }
}

function hostKey(file: string, pem: string): HostKey {
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    return { file, digest: keyDigest(createPublicKey(pem)), covers: null, selfSigned: false };
  const certificate = new X509Certificate(pem);
  return {
    file,
    digest: keyDigest(certificate.publicKey),
    covers: (name) => certificate.checkHost(name) !== undefined,
    selfSigned: certificate.subject === certificate.issuer,
  };
}

function readDkimKeys(directory: string, hosted: ReadonlySet<string>, note: Note): DkimKey[] {
  return [...orNone(() => dkimDirectories(directory), note)].flatMap(([domain, path]) => {
    if (hosted.has(domain)) return readDomainKeys(domain, path, note);
    note(`${path}: ${domain} is no hosted domain, so its DKIM keys are not published.`);
    return [];
  });
}

/** If the file of key states cannot be read, no key is treated as waiting. */
function readDomainKeys(domain: string, directory: string, note: Note): DkimKey[] {
  const [states] = orNone(() => [readStates(join(directory, STATES_FILE))], note);
  return orNone(() => selectorsIn(directory), note).flatMap((selector) =>
    readSelector(domain, selector, directory, note).map((key) => ({
      ...key,
      ...(states && stateOf(selector, states) === 'waiting' && { isWaiting: true }),
    })),
  );
}

function readSelector(domain: string, selector: string, directory: string, note: Note): DkimKey[] {
  const file = keyFile(directory, selector);
  try {
    if (!isSelector(selector))
      throw new Error('is not named after a selector: letters, digits, and - within');
    return [{ domain, selector, record: composeDkimRecord(createPublicKey(readFileSync(file))) }];
  } catch (error) {
    note(`${file}: ${reasonOf(error)}; no DKIM record is planned for it.`);
    return [];
  }
}

function orNone<T>(read: () => Iterable<T>, note: Note): T[] {
  try {
    return [...read()];
  } catch (error) {
    note(`${(error as Error).message}.`);
    return [];
  }
}

/** A selector consists of the labels of a host name (RFC 6376 §3.1). */
const isSelector = (name: string): boolean =>
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/.test(name);

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist here',
  ENOTDIR: 'is not a directory',
  EISDIR: 'is a directory',
  EACCES: 'cannot be read by this account',
  ERR_OSSL_UNSUPPORTED: 'holds no key in PEM',
  ERR_MISSING_PASSPHRASE: 'holds a key behind a passphrase',
};

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined ? reasons[code] : undefined) ?? message;
}
