/** Where a name was registered, by the Public Suffix List; the home of tldts. */
import { parse } from 'tldts';

/**
 * The registrable domain of a name: `shop.example.co.uk` → `example.co.uk`. A name below a suffix that a company gives
 * to its customers is a domain of its own: `me.github.io`. Undefined for an address, a bare word and a public suffix.
 */
export function registrableDomain(name: string): string | undefined {
  const { domain, isIp } = parse(name, options);
  return isIp ? undefined : (domain ?? undefined);
}

const options = { allowPrivateDomains: true, extractHostname: false };
