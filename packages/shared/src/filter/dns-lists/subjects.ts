/** What a list is asked about, and how it is written in front of the list's zone (RFC 5782 §2). Pure. */
import { isAddress, isLocalAddress, normaliseAddress } from '../../platform/network/addresses.ts';
import { registrableDomain } from '../../platform/dns/registrable-domain.ts';
import type { Family } from '../../platform/dns/resolver.ts';
import { reversedLabels } from '../../platform/dns/reverse-name.ts';
import { normaliseDomain } from '../../platform/values/address.ts';

export interface Subject {
  readonly subject: string;
  readonly labels: string;
  readonly family?: Family;
}

/** Longer ones leave no room for the zone: a name has 253 octets at most. */
const NAME_OCTETS = 180;

/** Undefined for an address that means something only here. */
export function subjectOfAddress(address: string): Subject | undefined {
  if (!isAddress(address) || isLocalAddress(address)) return undefined;
  const subject = normaliseAddress(address);
  return { subject, labels: reversedLabels(subject), family: subject.includes(':') ? 6 : 4 };
}

/**
 * Of a host its registrable domain, of an address the address, of anything else nothing.
 * @param host a name, or an address without brackets
 */
export function subjectOfHost(host: string): Subject | undefined {
  if (isAddress(host)) return subjectOfAddress(host);
  const domain = registrableDomain(normaliseDomain(host));
  return domain === undefined || domain.length > NAME_OCTETS
    ? undefined
    : { subject: domain, labels: domain };
}

/** The host of a URL of the web or of a share (`file:`), numeric ones written as addresses; '' where there is none. */
export function hostOfUrl(url: string): string {
  const parsed = URL.parse(/^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `http://${url}`);
  if (!parsed || !['http:', 'https:', 'ftp:', 'file:'].includes(parsed.protocol)) return '';
  return parsed.hostname.replace(/^\[|\]$/g, '');
}
