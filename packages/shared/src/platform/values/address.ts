/**
 * Mail addresses as they stand in an envelope: `local@domain`, without angle brackets.
 * The null reverse-path (RFC 5321 §4.5.5) is the empty string.
 */
import { domainToASCII, domainToUnicode } from 'node:url';

/** The domain of an address in lower-case A-label form; '' for the null reverse-path and for `postmaster`. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : normaliseDomain(address.slice(at + 1));
}

/** The local part as it was given; its case belongs to the receiving host (RFC 5321 §2.4). */
export function localPartOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? address : address.slice(0, at);
}

/** A domain in the one form that names are compared in: lower-case A-labels, no trailing dot. */
export function normaliseDomain(domain: string): string {
  const lower = domain.toLowerCase().replace(/\.$/, '');
  if (/^[a-z0-9._-]*$/.test(lower) || lower.startsWith('[')) return lower;
  return domainToASCII(lower) || lower;
}

/** Whether a domain is the other one or lies below it. Both are normalised. */
export const isWithinDomain = (domain: string, other: string): boolean =>
  domain === other || domain.endsWith(`.${other}`);

export const isWithinAnyDomain = (domain: string, others: readonly string[]): boolean =>
  others.some((other) => isWithinDomain(domain, other));

/** Whether one of the two lies within the other. */
export const areRelatedDomains = (a: string, b: string): boolean =>
  isWithinDomain(a, b) || isWithinDomain(b, a);

/** A domain as a reader may see it: U-labels. */
export const unicodeDomain = (domain: string): string => domainToUnicode(domain) || domain;

/** The form in which knowledge about a recipient is kept: the whole address in lower case, domain normalised. */
export function recipientKey(address: string): string {
  if (address === lastAddress) return lastKey;
  lastAddress = address;
  lastKey = `${localPartOf(address).toLowerCase()}@${domainOf(address)}`;
  return lastKey;
}

/** The last one is kept: a recipient is asked about several times in a row. */
let lastAddress = '';
let lastKey = '@';

/** Whether an address needs SMTPUTF8 to be sent (RFC 6531 §3.4): a local part beyond ASCII. */
export function needsSmtpUtf8(address: string): boolean {
  return /[^\0-\x7f]/.test(localPartOf(address));
}

/** The address with its domain in A-labels, for a next hop without SMTPUTF8. */
export function withAsciiDomain(address: string): string {
  return address.includes('@') ? `${localPartOf(address)}@${domainOf(address)}` : address;
}

/** `postmaster`, with a domain or without: always a valid recipient (RFC 5321 §4.5.1). */
export const isPostmaster = (address: string): boolean => localPartOf(address).toLowerCase() === 'postmaster';
