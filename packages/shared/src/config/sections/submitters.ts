/** The keys of those who submit mail: which senders they may be, and how much they may send before it is held. */
import { choice, count, listOf } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import { domainPattern, submitterException, submitterName } from '../schema/submitter-exception.ts';
import { createNetworks, isAddress } from '../../platform/network/addresses.ts';
import type { Findings } from '../schema/findings.ts';
import type { SettingsOf } from '../schema/place.ts';
import type { Hosted } from './domains.ts';
import type { Roles } from './both-roles.ts';

const limit = count(0, 100_000_000);

export const submitterKeys = {
  'submitters.domains': optional(
    listOf(domainPattern),
    'Domains that submitters may send from: `example.com`, `.example.com` for the names below it, `"*"` for all. Without ' +
      'it the hosted domains and the names below them. The reverse-path must be in them, or be null.',
    '[example.com, .example.com, example.net]',
  ),
  'submitters.from': key(
    choice('users', 'all', 'none'),
    'none',
    'Whose From must be in these domains too: that of users with a password, of all submitters, or of none. A mail server that ' +
      'forwards mail for its users keeps a foreign From: those in submitters.servers are no users here.',
    'users',
  ),
  'submitters.servers': optional(
    listOf(submitterName),
    'Users that are mail servers and not people: mail of a server that logs in is counted and looked at like that of a trusted host, ' +
      'each of its senders for itself. Without it such a server is one submitter for all its users, who are held together. An ' +
      'exception with its name is for all its senders. `[]` says that only people log in.',
    '[mailserver]',
  ),
  'submitters.by': key(
    choice('sender', 'host'),
    'sender',
    'For whom mail of a trusted host is counted: its sender, by the reverse-path, or the host. Users with a password are ' +
      'counted by name, but for those in submitters.servers.',
    'host',
  ),
  'submitters.limited': key(
    choice('all', 'users', 'none'),
    'all',
    'Whom the limits below are for: all submitters, users with a password, or nobody.',
    'users',
  ),
  'submitters.messagesPerMinute': key(
    limit,
    300,
    'Messages of a submitter within a minute. Beyond a limit its mail is taken and held, that message and all after it, ' +
      'until `mailpair submitter release`. 0 is no limit, here and below.',
    '60',
    { at: 'submitters.limits.messagesPerMinute' },
  ),
  'submitters.messagesPerHour': key(limit, 1000, 'The same within an hour.', '500', {
    at: 'submitters.limits.messagesPerHour',
  }),
  'submitters.messagesPerDay': key(limit, 5000, 'The same within a day.', '2000', {
    at: 'submitters.limits.messagesPerDay',
  }),
  'submitters.recipientsPerHour': key(limit, 2000, 'Recipients of its messages within an hour.', '1000', {
    at: 'submitters.limits.recipientsPerHour',
  }),
  'submitters.recipientsPerDay': key(limit, 10_000, 'The same within a day.', '5000', {
    at: 'submitters.limits.recipientsPerDay',
  }),
  'submitters.refusedPerHour': key(
    limit,
    100,
    'Recipients within an hour that next hops say do not exist. They count when they are a fifth of all of its ' +
      'recipients, which mailings to people are not.',
    '50',
    { at: 'submitters.limits.refusedPerHour' },
  ),
  'submitters.exceptions': key(
    listOf(submitterException),
    [],
    'Submitters with rules of their own: `name` is a user or the sender at a trusted host, `network` trusted hosts. Each has ' +
      '`domains`, `by` (with `network`) and limits by the names above; what it does not say is as for all, and a name counts ' +
      'before its network.',
    '[{name: newsletter, domains: [news.example.com], messagesPerHour: 20000}, {network: 10.0.0.7, by: host, messagesPerDay: 0}]',
  ),
} as const;

type SubmitterValues = SettingsOf<typeof submitterKeys>['submitters'];

/** Names of users are compared in lower case. */
export const withLowerCaseServers = (submitters: SubmitterValues): SubmitterValues => ({
  ...submitters,
  servers: submitters.servers?.map((name) => name.toLowerCase()) ?? null,
});

const at = 'submitters.servers';

type WithSubmitters = SettingsOf<typeof submitterKeys> & Roles;

export function checkSubmitters(
  { outbound, submitters, domains }: WithSubmitters & Hosted,
  findings: Findings,
): void {
  if (!findings.isSound(at) || !findings.isSound('outbound.users')) return;
  if (submitters.servers !== null) {
    if (submitters.servers.length > 0 && outbound.users === null)
      findings.warn(
        at,
        submitters.servers.join(', '),
        'nobody can log in without outbound.users',
        'set outbound.users',
      );
    return;
  }
  if (outbound.users === null || submitters.limited === 'none') return;
  const trusted = createNetworks(outbound.trusted);
  const hosts = domains.flatMap(({ localServers }) => localServers.map(({ host }) => host));
  // What a name leads to is not known here.
  const mustLogIn = (host: string): boolean =>
    outbound.trusted.length === 0 || (isAddress(host) && !trusted.has(host));
  if (hosts.length === 0 || !hosts.every(mustLogIn)) return;
  findings.warn(
    at,
    null,
    `${hosts[0]} is in no network of outbound.trusted: when it logs in to send, all its users are one submitter and held together`,
    'name the user that it logs in as: [mailserver]; [] where only people log in',
  );
}

/** @param users those in the users file */
export function checkServersAreUsers(
  { submitters, outbound }: WithSubmitters,
  users: ReadonlyMap<string, string>,
  findings: Findings,
): void {
  const known = new Set([...users.keys()].map((name) => name.toLowerCase()));
  for (const name of submitters.servers ?? [])
    if (!known.has(name))
      findings.warn(
        at,
        name,
        `is no user in ${outbound.users}`,
        `mailpair password ${name} >> ${outbound.users}`,
      );
}
