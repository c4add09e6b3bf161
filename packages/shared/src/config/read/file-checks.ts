/**
 * The files that the configuration names: there, readable by this account, fit for their use. One file describes
 * both hosts, so with a role only the files that this gateway opens are looked at and what is wrong is a fault;
 * without a role nobody knows which host this is, and it is a warning. A secret that others may read is a warning always.
 */
import { readFileSync } from 'node:fs';
import { closingFix, isTooOpen, type AccessFault } from '../../platform/files/file-access.ts';
import { makeSecret, parsePairSecret } from '../pair-secret.ts';
import { parseUsers } from '../passwords.ts';
import type { Settings } from '../settings.ts';
import { currentAccount, statsOf, whyUnreadable } from '../../platform/files/unreadable.ts';
import { judgeCertificate } from './certificate.ts';
import type { FileKind, FileUse, Findings } from '../schema/findings.ts';
import { checkServersAreUsers } from '../sections/submitters.ts';

export type Role = 'inbound' | 'outbound';

const kinds: Readonly<Record<FileKind, { what: string; secret: boolean; by: readonly Role[] }>> = {
  certificate: { what: 'certificate', secret: false, by: ['inbound', 'outbound'] },
  key: { what: 'private key', secret: true, by: ['inbound', 'outbound'] },
  users: { what: 'users file', secret: true, by: ['outbound'] },
  secret: { what: 'secret of the pair', secret: true, by: ['inbound', 'outbound'] },
  authority: { what: 'certificate of the authority', secret: false, by: ['inbound', 'outbound'] },
  recipients: { what: 'recipients file', secret: false, by: ['inbound', 'outbound'] },
  password: { what: 'password file', secret: true, by: ['outbound'] },
  'engine password': { what: 'password file', secret: true, by: ['inbound', 'outbound'] },
  tsig: { what: 'TSIG key', secret: true, by: [] },
};

export function checkFiles(
  settings: Settings,
  role: Role | undefined,
  now: number,
  findings: Findings,
): void {
  const report: Report = role
    ? (...words) => void findings.fault(...words)
    : (...words) => findings.warn(...words);
  const contents = new Map<FileKind, { use: FileUse; text: string }>();
  for (const use of findings.files) {
    if (role && !isOpened(use.kind, role, settings)) continue;
    const text = readUse(use, report, findings);
    if (text === undefined) continue;
    contents.set(use.kind, { use, text });
    checkContent(use, text, report);
  }
  const users = contents.get('users');
  if (users) checkServersAreUsers(settings, parseUsers(users.text).users, findings);
  const authority = contents.get('authority');
  for (const { problem, fix, mild } of authority ? judgeCertificate(authority.text, undefined, now) : [])
    (mild ? findings.warn : report)(authority!.use.at, authority!.use.path, problem, fix);
  const certificate = contents.get('certificate');
  if (!certificate) return;
  const key = contents.get('key');
  const host = role && settings[role].host;
  for (const { of, problem, fix, mild } of judgeCertificate(certificate.text, key?.text, now, host)) {
    const { at, path } = of === 'key' && key ? key.use : certificate.use;
    if (mild) findings.warn(at, path, problem, fix);
    else report(at, path, problem, fix);
  }
}

/** An inbound that takes mail from submitters opens what outbound opens for them. */
const isOpened = (kind: FileKind, role: Role, { inbound }: Settings): boolean =>
  kinds[kind].by.includes(role) || (kind === 'users' && inbound.listen.submission.length > 0);

type Report = (path: string, seen: unknown, problem: string, fix: string) => void;

function readUse({ at, path, kind }: FileUse, report: Report, findings: Findings): string | undefined {
  const { what, secret } = kinds[kind];
  try {
    const stats = statsOf(path);
    const text = readFileSync(path, 'utf8');
    const account = currentAccount();
    if (secret && isTooOpen(account, stats)) {
      const problem = `others on this host may read the ${what} (mode ${stats.mode.toString(8)})`;
      findings.warn(at, path, problem, closingFix(account, stats));
    }
    return text;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const access = code === 'EACCES' ? whyUnreadable(path) : undefined;
    const { problem, fix } = access ?? unreadable[code] ?? otherwise(code);
    report(at, path, `the ${what} ${problem}`, fix);
    return undefined;
  }
}

const missing = { problem: 'does not exist', fix: 'create the file, or correct the path' };
const unreadable: Readonly<Record<string, AccessFault>> = {
  ENOENT: missing,
  ENOTDIR: missing,
  EACCES: { problem: 'cannot be read by this account', fix: 'let the account of the gateway read it' },
  EISDIR: { problem: 'is a directory', fix: 'name a file in it' },
};
const otherwise = (code: string): AccessFault => ({
  problem: `cannot be read (${code})`,
  fix: 'make it a readable file',
});

function checkContent({ at, path, kind }: FileUse, text: string, report: Report): void {
  if (kind === 'users') {
    for (const { line, problem, fix } of parseUsers(text).faults) report(at, `${path}:${line}`, problem, fix);
  }
  if ((kind === 'password' || kind === 'engine password') && text.trim() === '') {
    report(at, path, 'the password file is empty', 'write the password in it, on one line');
  }
  if (kind === 'secret') {
    for (const { line, problem } of parsePairSecret(text).faults)
      report(
        at,
        line === 0 ? path : `${path}:${line}`,
        `the secret of the pair ${problem}`,
        makeSecret(path),
      );
  }
}
