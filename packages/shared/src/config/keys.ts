/**
 * Every key of the configuration, section by section. The schema given to convict, `Settings`, the environment variables, the
 * known names in messages, the keys that need a restart and docs/configuration.md all follow from this table.
 */
import type { Key, Keys } from './schema/key.ts';
import type { ValuesOf } from './schema/place.ts';
import { authenticationKeys } from './sections/authentication.ts';
import { bayesKeys } from './sections/bayes.ts';
import { clientKeys } from './sections/clients.ts';
import { contentKeys } from './sections/content.ts';
import { dkimKeys } from './sections/dkim.ts';
import { dmarcReportKeys } from './sections/dmarc-reports.ts';
import { dnsListKeys } from './sections/dns-lists.ts';
import { dnsKeys } from './sections/dns.ts';
import { domainKeys } from './sections/domains.ts';
import { engineKeys } from './sections/engines.ts';
import { greylistKeys } from './sections/greylist.ts';
import { httpKeys } from './sections/http.ts';
import { inboundKeys } from './sections/inbound.ts';
import { judgeKeys } from './sections/judge.ts';
import { limitKeys } from './sections/limits.ts';
import { localServerKeys } from './sections/local-servers.ts';
import { markKeys } from './sections/marks.ts';
import { nodeKeys } from './sections/this-node.ts';
import { outboundKeys } from './sections/outbound.ts';
import { pairKeys } from './sections/pair.ts';
import { processKeys } from './sections/process.ts';
import { publishKeys } from './sections/publish.ts';
import { quarantineKeys } from './sections/quarantine.ts';
import { queueKeys } from './sections/queue.ts';
import { conductKeys } from './sections/rates-and-bans.ts';
import { recipientKeys } from './sections/recipients.ts';
import { recordKeys } from './sections/records.ts';
import { routeKeys } from './sections/routes.ts';
import { sendKeys } from './sections/send.ts';
import { smtpKeys } from './sections/smtp.ts';
import { submitterKeys } from './sections/submitters.ts';
import { tlsKeys } from './sections/tls.ts';
import { roleNames, type RoleName } from '../platform/values/role-name.ts';

export const keys = {
  ...domainKeys,
  ...inboundKeys,
  ...outboundKeys,
  ...localServerKeys,
  ...recipientKeys,
  ...routeKeys,
  ...dnsKeys,
  ...nodeKeys,
  ...tlsKeys,
  ...pairKeys,
  ...httpKeys,
  ...smtpKeys,
  ...queueKeys,
  ...sendKeys,
  ...processKeys,
  ...limitKeys,
  ...judgeKeys,
  ...dnsListKeys,
  ...clientKeys,
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
} as const satisfies Keys;

export type KeyPath = keyof typeof keys;

/** What every key is read to. */
export type Values = ValuesOf<typeof keys>;

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

/** The gateways that apply a change of the key only when they start; none where a reload applies it. */
export function restartsOf(path: KeyPath): readonly RoleName[] {
  if (keyOf(path).reload === 'live') return [];
  const own = roleNames.filter((role) => path.startsWith(`${role}.`));
  return own.length > 0 ? own : roleNames;
}

export const needsRestart = (path: string, role: RoleName): boolean =>
  isKeyPath(path) && restartsOf(path).includes(role);
