/**
 * The hosts that take mail for a domain, by its MX records (RFC 5321 §5.1).
 *
 * Without MX records the domain is its own host if it has an address. Only what DNS has proven is permanent:
 * no such domain, null MX, neither MX nor address. A fault of DNS is temporary, and so is a domain whose best MX
 * is this host: whoever pointed it here may not have told our configuration yet.
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { Random } from '../../platform/values/random.ts';
import { DnsError } from '../../platform/dns/resolver.ts';
import type { MxRecord, Resolver } from '../../platform/dns/resolver.ts';
import { normaliseDomain } from '../../platform/values/address.ts';
import type { Reply } from '../../platform/values/reply.ts';
import { orderMx } from './mx-order.ts';

export type MxLookUp =
  /** Best first, never empty. */
  | { readonly kind: 'hosts'; readonly hosts: readonly string[] }
  | { readonly kind: 'permanent'; readonly reply: Reply }
  | { readonly kind: 'temporary'; readonly reply: Reply };

export interface MxLookUpContext {
  readonly resolver: Resolver;
  /** Names and addresses that are this host. */
  readonly ownNames: readonly string[];
  readonly random: Random;
}

export async function lookUpMx(domain: string, context: MxLookUpContext): Promise<MxLookUp> {
  try {
    return choose(domain, await exchangersOf(domain, context.resolver), context);
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    return refusal(domain, error);
  }
}

async function exchangersOf(domain: string, resolver: Resolver): Promise<readonly MxRecord[]> {
  if (domain.startsWith('[')) return [{ exchange: hostOfLiteral(domain), preference: 0 }];
  try {
    return await resolver.resolveMx(domain);
  } catch (error) {
    if (!(error instanceof DnsError && error.kind === 'no-data')) throw error;
    await resolver.resolveAddresses(domain);
    return [{ exchange: domain, preference: 0 }];
  }
}

function choose(domain: string, records: readonly MxRecord[], context: MxLookUpContext): MxLookUp {
  const hosts = orderMx(records, context);
  if (hosts === 'null-mx') {
    const text = `${domain} takes no mail: DNS has a null MX for it (RFC 7505)`;
    return { kind: 'permanent', reply: { code: 556, enhanced: '5.1.10', text } };
  }
  if (hosts === 'loops-back') {
    const names = records.map(({ exchange }) => normaliseDomain(exchange)).join(', ');
    const text =
      `Mail for ${domain} loops back to this host: its best MX is this host itself (${names}); ` +
      'add it to the hosted domains or correct its MX records';
    return { kind: 'temporary', reply: { code: 451, enhanced: '4.4.6', text } };
  }
  return { kind: 'hosts', hosts };
}

function refusal(domain: string, { kind, message }: DnsError): MxLookUp {
  switch (kind) {
    case 'no-such-domain': {
      const text = `There is no domain ${domain} in DNS (${message})`;
      return { kind: 'permanent', reply: { code: 550, enhanced: '5.1.2', text } };
    }
    case 'no-data': {
      const text = `${domain} takes no mail: it has neither an MX record nor an address in DNS (${message})`;
      return { kind: 'permanent', reply: { code: 550, enhanced: '5.4.4', text } };
    }
    case 'temporary': {
      const text = `DNS gives no usable answer for ${domain} at the moment (${message})`;
      return { kind: 'temporary', reply: { code: 451, enhanced: '4.4.3', text } };
    }
  }
}

/** `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3) → the address. */
function hostOfLiteral(domain: string): string {
  const inside = /^\[(.*)\]$/.exec(domain)?.[1] ?? '';
  if (isIPv4(inside)) return inside;
  const address = /^ipv6:(.*)$/i.exec(inside)?.[1] ?? '';
  if (isIPv6(address) && !address.includes('%')) return address;
  throw new DnsError('no-such-domain', 'EBADNAME', 'an address literal is [192.0.2.1] or [IPv6:2001:db8::1]');
}
