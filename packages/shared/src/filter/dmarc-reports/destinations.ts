/**
 * Where the reports of a domain may go (RFC 7489 §6.2, §7.1): the mail addresses of its `rua`. One of another organisation must say in
 * DNS that it wants them, or anybody could have anybody flooded. Asks DNS.
 */
import { registrableDomain } from '../../platform/dns/registrable-domain.ts';
import { DnsError, type Resolver } from '../../platform/dns/resolver.ts';
import { domainOf } from '../../platform/values/address.ts';

/** Of one domain. */
const DESTINATIONS = 5;

const units: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

export interface Destination {
  readonly address: string;
  readonly maxBytes: number;
}

export function destinationsIn(rua: string): Destination[] {
  return rua
    .split(',')
    .flatMap((uri): Destination[] => {
      const match = /^\s*mailto:([^!?\s]+)(?:!(\d{1,6})([kmgt]?))?\s*$/i.exec(uri);
      if (!match) return [];
      const [, encoded = '', size, unit = ''] = match;
      const address = decoded(encoded);
      if (!/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9.-]{1,253}$/i.test(address)) return [];
      const maxBytes = size === undefined ? Infinity : Number(size) * units[unit.toLowerCase()]!;
      return [{ address, maxBytes }];
    })
    .slice(0, DESTINATIONS);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** @throws DnsError while DNS does not say */
export async function wantsReports(
  address: string,
  domain: string,
  resolver: Pick<Resolver, 'resolveTxt'>,
): Promise<boolean> {
  const other = domainOf(address);
  const organisation = (name: string): string => registrableDomain(name) ?? name;
  if (organisation(other) === organisation(domain)) return true;
  try {
    const texts = await resolver.resolveTxt(`${domain}._report._dmarc.${other}`);
    return texts.some((text) => /^\s*v\s*=\s*DMARC1\s*(?:;|$)/.test(text));
  } catch (error) {
    if (error instanceof DnsError && error.kind !== 'temporary') return false;
    throw error;
  }
}
