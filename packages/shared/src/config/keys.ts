/**
 * Every key of the configuration: how it is read, its default, what it is for. The schema given to convict,
 * the environment variables, the known names in messages and docs/configuration.md all follow from this table.
 */
import { authenticationKeys } from './sections/authentication.ts';
import { balancerKeys } from './sections/balancers.ts';
import { bayesKeys } from './sections/bayes.ts';
import { clientNameKeys } from './sections/clients.ts';
import { contentKeys } from './sections/content.ts';
import { dkimKeys } from './sections/dkim.ts';
import { conductKeys } from './sections/rates-and-bans.ts';
import { dmarcReportKeys } from './sections/dmarc-reports.ts';
import { dnsListKeys } from './sections/dns-lists.ts';
import { greylistKeys } from './sections/greylist.ts';
import { engineKeys } from './sections/engines.ts';
import { heartbeatKeys } from './sections/pair.ts';
import { httpKeys } from './sections/http.ts';
import { judgeKeys } from './sections/judge.ts';
import type { Key } from './schema/key.ts';
import { limitKeys } from './sections/limits.ts';
import { markKeys } from './sections/marks.ts';
import { pairKeys } from './sections/roles.ts';
import { protocolKeys } from './sections/smtp.ts';
import { publishKeys } from './sections/publish.ts';
import { quarantineKeys } from './sections/quarantine.ts';
import { recordKeys } from './sections/records.ts';
import { smarthostKeys } from './sections/smarthost.ts';
import { submitterKeys } from './sections/submitters.ts';
import { updateKeys } from './sections/dns.ts';

export const keys = {
  ...pairKeys,
  ...balancerKeys,
  ...heartbeatKeys,
  ...httpKeys,
  ...protocolKeys,
  ...limitKeys,
  ...judgeKeys,
  ...dnsListKeys,
  ...clientNameKeys,
  ...contentKeys,
  ...engineKeys,
  ...bayesKeys,
  ...conductKeys,
  ...greylistKeys,
  ...authenticationKeys,
  ...markKeys,
  ...dmarcReportKeys,
  ...quarantineKeys,
  ...recordKeys,
  ...submitterKeys,
  ...publishKeys,
  ...dkimKeys,
  ...smarthostKeys,
  ...updateKeys,
} as const satisfies Readonly<Record<string, Key<unknown>>>;

export type KeyPath = keyof typeof keys;

/** What every key is read to. */
export type Values = { readonly [P in KeyPath]: (typeof keys)[P] extends Key<infer T> ? T : never };

export const keyPaths = Object.keys(keys) as KeyPath[];

export const isKeyPath = (path: string): path is KeyPath => Object.hasOwn(keys, path);

/** One key, whatever it is read to. */
export const keyOf = (path: KeyPath): Key<unknown> => keys[path];

const startedAs = 'remove it, and start the program as that account; the systemd unit does';

/** Keys of earlier versions, each with what to do instead. A file that still has one is read without it. */
export const removedKeys: ReadonlyMap<string, string> = new Map([
  ['user', startedAs],
  ['group', startedAs],
]);

/** `smtp.maxMessage` → `MAILPAIR_SMTP_MAX_MESSAGE`. */
export const envNameOf = (path: KeyPath): string =>
  `MAILPAIR_${path.replace(/[A-Z]/g, '_$&').replaceAll('.', '_').toUpperCase()}`;

/** Whether a path is a key or lies below it, as `domains[0].name` lies below `domains`. */
export const isAtOrBelow = (path: string, key: string): boolean =>
  path === key || (path.startsWith(key) && /^[.[]/.test(path.slice(key.length)));
