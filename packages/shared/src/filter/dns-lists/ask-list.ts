/** One question to one list in DNS (RFC 5782), and what its answer says. */
import { DnsError, type Resolver } from '../../platform/dns/resolver.ts';
import { meaningOf } from './list-codes.ts';

/** What a list is asked about: the client's address, or a domain found in that place. */
export type Place = 'client' | 'urls' | 'sender' | 'helo' | 'reverse';

export interface List {
  /** In log, replies and findings. The zone may hold a key of the subscriber. */
  readonly name: string;
  readonly zone: string;
  /** Where it is a list of addresses `client`, else the places of domains. */
  readonly asks: readonly Place[];
  /** Codes that are listings besides 127.0.0.0/24. */
  readonly codes: readonly string[];
  /** An address or domain that it lists for tests; null for that of RFC 5782. */
  readonly test: string | null;
  /** It refuses, so that whom it lists is told why. */
  readonly refuses: boolean;
}

export type ListAnswer =
  | { readonly kind: 'listed'; readonly codes: readonly string[] }
  | { readonly kind: 'clear' }
  /** It does not answer us, or is no list. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It could not be learnt. */
  | { readonly kind: 'silent'; readonly reason: string };

/** A hostile answer may be long. */
const CODES = 20;

/** @param labels the subject as it stands in front of the zone */
export async function askList(
  { zone, codes }: List,
  labels: string,
  resolver: Pick<Resolver, 'resolveAddresses'>,
  anew?: 'anew',
): Promise<ListAnswer> {
  try {
    return readAnswer(await resolver.resolveAddresses(`${labels}.${zone}`, [4], anew), codes);
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    return error.kind === 'temporary'
      ? { kind: 'silent', reason: `no usable answer (${error.code})` }
      : { kind: 'clear' };
  }
}

/** @param named codes that are listings besides 127.0.0.0/24 */
export function readAnswer(addresses: readonly string[], named: readonly string[]): ListAnswer {
  const meant = addresses.slice(0, CODES).map((code) => ({ code, meaning: meaningOf(code, named) }));
  const foreign = meant.find(({ meaning }) => meaning === 'foreign');
  if (foreign) return { kind: 'refused', reason: `answers ${foreign.code}, as no list does` };
  const refusal = meant.find(({ meaning }) => meaning === 'refusal');
  if (refusal)
    return {
      kind: 'refused',
      reason: `answers ${refusal.code}: it does not serve this resolver, or is asked too much`,
    };
  const listings = meant.filter(({ meaning }) => meaning === 'listing').map(({ code }) => code);
  return listings.length > 0 ? { kind: 'listed', codes: listings } : { kind: 'clear' };
}
