/**
 * Who answers for mail that does not prove itself, because it was passed on: a forwarder that the operator named, or the
 * seals of hosts that are believed (RFC 8617 §7.2). Pure.
 */
import { isWithinAnyDomain } from '../../platform/values/address.ts';
import { withoutComments } from '../../platform/values/comments.ts';
import type { Facts } from '../contract/facts.ts';
import type { ProofLearnable } from './facts.ts';

export interface Vouchers {
  /** Whether an address is that of a forwarder. */
  isForwarder(address: string): boolean;
  /** Domains of forwarders, proven by SPF. */
  readonly forwarderDomains: readonly string[];
  /** Domains whose ARC seals are believed. */
  readonly sealers: readonly string[];
}

/**
 * @param domain for which DMARC was seen to pass; that of From by default
 * @returns who does, in words; undefined when nobody does
 */
export function voucherOf(
  { client, learnt: { spf, authentication } }: Facts<ProofLearnable>,
  { isForwarder, forwarderDomains, sealers }: Vouchers,
  domain?: string,
): string | undefined {
  if (isForwarder(client.address)) return `${client.address} is a known forwarder`;
  if (
    spf?.kind === 'known' &&
    spf.value.result === 'pass' &&
    isWithinAnyDomain(spf.value.domain, forwarderDomains)
  )
    return `${spf.value.domain} is a known forwarder`;
  if (authentication?.kind !== 'known' || authentication.value.arc.result !== 'pass') return undefined;
  const { arc, dmarc } = authentication.value;
  const from = arc.saw.findIndex((saw) => sawPass(saw, domain ?? dmarc.domain));
  const since = from < 0 ? [] : arc.sealers.slice(from);
  return since.length > 0 && since.every((sealer) => isWithinAnyDomain(sealer, sealers))
    ? `${since[0]} saw it pass DMARC`
    : undefined;
}

/** Whether ARC-Authentication-Results has `dmarc=pass` for that domain. */
function sawPass(saw: string, domain: string): boolean {
  const results = withoutComments(saw)
    .replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => quoted.replaceAll(';', ','))
    .split(';');
  return results.some((result) => {
    if (!/^\s*dmarc\s*=\s*pass\b/i.test(result)) return false;
    const from = /\bheader\.from\s*=\s*"?([^\s"]+)/i.exec(result)?.[1];
    return from === undefined || from.toLowerCase() === domain;
  });
}
