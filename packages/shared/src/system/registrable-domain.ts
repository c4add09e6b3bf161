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
