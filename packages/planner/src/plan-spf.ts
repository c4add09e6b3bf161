/** The SPF record of the hosted domains (RFC 7208). Pure. */
import type { PublishSettings } from '@mailpair/shared/config/sections/publish';
import { spfTerm, type RoleHosts } from './plan-hosts.ts';

const qualifiers = { fail: '-', softfail: '~', neutral: '?' } as const;

/**
 * Authorises both roles, because either may send (a DSN, or in place of its partner). The record contains
 * addresses rather than names, so it needs no look-ups (§4.6.4). Null if the addresses of a machine are
 * unknown.
 */
export function domainSpf(
  roles: readonly RoleHosts[],
  { terms, all }: PublishSettings['spf'],
): string | null {
  if (roles.some(({ unknown }) => unknown.length > 0)) return null;
  const own = roles.flatMap(({ addresses, sources }) => [...addresses, ...sources.publishable].map(spfTerm));
  return ['v=spf1', ...new Set([...own, ...terms]), `${qualifiers[all]}all`].join(' ');
}

/** More look-ups are a permanent error at the receiver (§4.6.4). */
const mostLookups = 10;
/** A longer record may not fit into a UDP response (§3.4). */
const safeOctets = 450;

export function notesOnSpf(
  spf: string | null,
  roles: readonly RoleHosts[],
  settings: PublishSettings['spf'],
): string[] {
  if (spf === null) {
    const unknown = roles.flatMap((role) => role.unknown.map(({ key }) => `${key}.addresses`));
    return [
      `SPF of the domains is not planned: without ${unknown.join(' and ')} it would not authorise mail of the pair.`,
    ];
  }
  const notes: string[] = [];
  if (settings.all === 'fail' && settings.terms.length === 0)
    notes.push(
      'SPF ends in -all: before you publish it, add all other hosts that send mail for these domains to publish.spf.terms.',
    );
  if (settings.all !== 'fail')
    notes.push(
      `SPF ends in ${qualifiers[settings.all]}all: once publish.spf.terms contains all other hosts that send mail ` +
        'for these domains, set publish.spf.all: fail.',
    );
  const lookups = settings.terms.filter((term) => !/^[+?~]?ip[46]:/i.test(term)).length;
  if (lookups > mostLookups)
    notes.push(
      `publish.spf.terms: ${lookups} terms need look-ups, and receivers refuse more than ${mostLookups}, ` +
        'those within included records counted; write addresses (ip4:, ip6:) instead.',
    );
  if (spf.length > safeOctets)
    notes.push(
      `SPF takes ${spf.length} octets; beyond ${safeOctets} some receivers cannot read it. Write networks instead of addresses.`,
    );
  return notes;
}
