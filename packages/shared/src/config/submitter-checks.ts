/** Whether the mail servers that log in are told from people. */
import { createNetworks, isAddress } from '../platform/network/addresses.ts';
import type { Settings } from './settings.ts';
import type { Findings } from './schema/findings.ts';

const at = 'submitters.servers';

export function checkSubmitters({ outbound, submitters, domains }: Settings, findings: Findings): void {
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
  { submitters, outbound }: Settings,
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
