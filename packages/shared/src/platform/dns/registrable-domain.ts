/** Where a name was registered, by the Public Suffix List; the home of tldts. */
import { createRequire } from 'node:module';

/**
 * The registrable domain of a name: `shop.example.co.uk` → `example.co.uk`. A name below a suffix that a company gives
 * to its customers is a domain of its own: `me.github.io`. Undefined for an address, a bare word and a public suffix.
 */
export function registrableDomain(name: string): string | undefined {
  parse ??= load();
  const { domain, isIp } = parse(name, options);
  return isIp ? undefined : (domain ?? undefined);
}

/** The list takes megabytes, so it is loaded when first asked. */
let parse: (typeof import('tldts'))['parse'] | undefined;
const load = () => (createRequire(import.meta.url)('tldts') as typeof import('tldts')).parse;

const options = { allowPrivateDomains: true, extractHostname: false };

/** The names that documentation has in place of real ones (RFC 2606) count as those. */
const documented = /\.(?:example|test|invalid)$/;

/** Whether a name in lower case stands below a suffix that the Public Suffix List has. */
export function isPublicName(name: string): boolean {
  if (documented.test(name)) return true;
  parse ??= load();
  const { domain, isIcann, isPrivate } = parse(name, options);
  return domain !== null && (isIcann === true || isPrivate === true);
}
