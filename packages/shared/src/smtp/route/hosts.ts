/**
 * The addresses of a host, in the order to connect to them: families in turn (RFC 8305 §4), within a family as the
 * resolver gave them (RFC 5321 §5.1), at most five, so that a host with many cannot hold an attempt for ever.
 *
 * A host that was not named by the operator is to be found in the internet: otherwise a stranger's MX record would lead mail, and
 * what is said of it, to loopback and to the networks of this site. An address that nobody but this host and its link can have
 * is as good as none. A private one is a matter for the operator, whose site may well reach it, so mail waits.
 *
 * That a host named in DNS by its owner has no address is permanent. That one in our own configuration has none
 * is our mistake or a fault of the moment, so mail waits. Of several MX hosts the caller takes the mildest answer:
 * addresses before temporary before permanent.
 */
import { isIP } from 'node:net';
import { ipv4Behind, reachOf, type Networks } from '../../platform/network/addresses.ts';
import { DnsError } from '../../platform/dns/resolver.ts';
import type { Resolver } from '../../platform/dns/resolver.ts';
import type { Reply } from '../../platform/values/reply.ts';

const ADDRESS_LIMIT = 5;

export type HostLookUp =
  /** Never empty. */
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'permanent'; readonly reply: Reply }
  | { readonly kind: 'temporary'; readonly reply: Reply };

export interface HostLookUpContext {
  readonly resolver: Resolver;
  /** Who named the host: our configuration, or DNS (an MX record, or an address in its place). */
  readonly namedBy: 'configuration' | 'dns';
  /** Networks beyond the internet where mail may go to hosts that DNS named (`send.privateDestinations`). */
  readonly privateDestinations: Networks;
}

export async function lookUpHost(host: string, context: HostLookUpContext): Promise<HostLookUp> {
  const found = isIP(host) ? [host] : await addressesOf(host, context);
  if (!Array.isArray(found)) return found;
  if (context.namedBy === 'configuration') return { kind: 'addresses', addresses: interleave(found) };
  const usable = found.filter((address) => mayGoTo(address, context.privateDestinations));
  return usable.length > 0
    ? { kind: 'addresses', addresses: interleave(usable) }
    : beyondTheInternet(host, found);
}

async function addressesOf(
  host: string,
  { resolver, namedBy }: HostLookUpContext,
): Promise<string[] | Exclude<HostLookUp, { kind: 'addresses' }>> {
  // The resolver takes a name without a dot for a host of this site and holds a thread of libuv's pool for it.
  if (namedBy === 'dns' && !host.includes('.')) {
    const text = `Host ${host} is no name of the internet`;
    return { kind: 'permanent', reply: { code: 550, enhanced: '5.4.4', text } };
  }
  try {
    return [...(await resolver.resolveAddresses(host))];
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

function mayGoTo(address: string, allowed: Networks): boolean {
  const behind = ipv4Behind(address);
  return (
    reachOf(address) === 'internet' || allowed.has(address) || (behind !== undefined && allowed.has(behind))
  );
}

function beyondTheInternet(host: string, addresses: readonly string[]): HostLookUp {
  const list = addresses.slice(0, ADDRESS_LIMIT).join(', ');
  if (addresses.every((address) => reachOf(address) === 'nowhere')) {
    const text = `Host ${host} has no address in the internet, only ${list}`;
    return { kind: 'permanent', reply: { code: 550, enhanced: '5.4.4', text } };
  }
  const text = `Host ${host} has only private addresses (${list}); send.privateDestinations lists networks where mail may go`;
  return { kind: 'temporary', reply: { code: 451, enhanced: '4.4.4', text } };
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
