/**
 * Every key of the configuration: how it is read, its default, what it is for. The schema given to convict,
 * the environment variables, the known names in messages and docs/configuration.md all follow from this table.
 */
import { authenticationKeys } from './authentication-keys.ts';
import { balancerKeys } from './balancer-keys.ts';
import { bayesKeys } from './bayes-keys.ts';
import { clientNameKeys } from './client-name-keys.ts';
import { contentKeys } from './content-keys.ts';
import { dkimKeys } from './dkim-keys.ts';
import { conductKeys } from './conduct-keys.ts';
import { dmarcReportKeys } from './dmarc-report-keys.ts';
import { dnsListKeys } from './dns-list-keys.ts';
import { greylistKeys } from './greylist-keys.ts';
import { engineKeys } from './engine-keys.ts';
import { heartbeatKeys } from './heartbeat-keys.ts';
import { httpKeys } from './http-keys.ts';
import { judgeKeys } from './judge-keys.ts';
import type { Key } from './key.ts';
import { limitKeys } from './limit-keys.ts';
import { markKeys } from './mark-keys.ts';
import { pairKeys } from './pair-keys.ts';
import { protocolKeys } from './protocol-keys.ts';
import { publishKeys } from './publish-keys.ts';
import { quarantineKeys } from './quarantine-keys.ts';
import { recordKeys } from './record-keys.ts';
import { smarthostKeys } from './smarthost-keys.ts';
import { submitterKeys } from './submitter-keys.ts';
import { updateKeys } from './update-keys.ts';

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
