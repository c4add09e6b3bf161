/**
 * The addresses of a host, in the order to connect to them: families in turn (RFC 8305 §4), within a family as the
 * resolver gave them (RFC 5321 §5.1), at most five, so that a host with many cannot hold an attempt for ever.
 *
 * That a host named in DNS by its owner has no address is permanent. That one in our own configuration has none
 * is our mistake or a fault of the moment, so mail waits. Of several MX hosts the caller takes the mildest answer:
 * addresses before temporary before permanent.
 */
import { isIP } from 'node:net';
import { DnsError } from '../system/resolver.ts';
import type { Resolver } from '../system/resolver.ts';
import type { Reply } from '../values/reply.ts';

export const ADDRESS_LIMIT = 5;

export type HostLookUp =
  /** Never empty. */
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'permanent'; readonly reply: Reply }
  | { readonly kind: 'temporary'; readonly reply: Reply };

export interface HostLookUpContext {
  readonly resolver: Resolver;
  /** Who named the host: our configuration, or DNS (an MX record). */
  readonly namedBy: 'configuration' | 'dns';
}

export async function lookUpHost(
  host: string,
  { resolver, namedBy }: HostLookUpContext,
): Promise<HostLookUp> {
  if (isIP(host)) return { kind: 'addresses', addresses: [host] };
  try {
    return { kind: 'addresses', addresses: interleave(await resolver.resolveAddresses(host)) };
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    if (error.kind === 'temporary') {
      const text = `DNS gives no usable answer for host ${host} at the moment (${error.message})`;
      return { kind: 'temporary', reply: { code: 451, enhanced: '4.4.3', text } };
    }
    const text = `Host ${host} has no address in DNS (${error.message})`;
    return namedBy === 'configuration'
      ? {
          kind: 'temporary',
          reply: { code: 451, enhanced: '4.4.4', text: `${text}; it is named in the configuration` },
        }
      : { kind: 'permanent', reply: { code: 550, enhanced: '5.4.4', text } };
  }
}

/** One of each family in turn, the family of the first address first. */
function interleave(addresses: readonly string[]): string[] {
  const first = isIP(addresses[0] ?? '');
  const one = addresses.filter((address) => isIP(address) === first);
  const other = addresses.filter((address) => isIP(address) !== first);
  return one
    .flatMap((address, position) => [address, ...other.slice(position, position + 1)])
    .concat(other.slice(one.length))
    .slice(0, ADDRESS_LIMIT);
}
