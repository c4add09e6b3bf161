/** Whether a message comes from a sender on a list of the operator's, and whether that is proven. Pure. */
import { domainOf, recipientKey } from '../../platform/values/address.ts';
import type { Facts } from '../contract/facts.ts';
import type { PolicyReads } from './facts.ts';

/** Names are in the form of `recipientKey` and `domainOf`; each says whether it counts unproven. */
export interface SenderList {
  readonly addresses: ReadonlyMap<string, { readonly unproven: boolean }>;
  readonly domains: ReadonlyMap<string, { readonly unproven: boolean }>;
  /** `.example.net`. */
  readonly suffixes: readonly { readonly suffix: string; readonly unproven: boolean }[];
  hasClient(address: string): boolean;
}

/** A name that a message gives for its sender. */
interface Claim {
  readonly address: string;
  readonly of: 'reverse-path' | 'From';
  readonly isProven: boolean;
}

/**
 * In words what is on the list; undefined when nothing is.
 * @param needsProof whether a name counts only where SPF (reverse-path) or DMARC (From) passes for its domain
 */
export function senderOn(
  list: SenderList,
  facts: Facts<PolicyReads>,
  needsProof: boolean,
): string | undefined {
  const { address } = facts.client;
  if (list.hasClient(address)) return `client ${address}`;
  for (const claim of claimsOf(facts)) {
    const entry = entryFor(list, claim.address);
    if (entry && (!needsProof || entry.unproven || claim.isProven))
      return `${claim.of} <${claim.address}>${needsProof && !claim.isProven ? ', unproven' : ''}`;
  }
  return undefined;
}

function entryFor(list: SenderList, address: string): { readonly unproven: boolean } | undefined {
  const domain = domainOf(address);
  return (
    list.addresses.get(recipientKey(address)) ??
    list.domains.get(domain) ??
    list.suffixes.find(({ suffix }) => domain.endsWith(suffix))
  );
}

function claimsOf({ reversePath, learnt: { spf, authentication, content } }: Facts<PolicyReads>): Claim[] {
  const claims: Claim[] = [];
  if (reversePath !== '') {
    const isProven =
      spf?.kind === 'known' && spf.value.result === 'pass' && spf.value.domain === domainOf(reversePath);
    claims.push({ address: reversePath, of: 'reverse-path', isProven });
  }
  const dmarc = authentication?.kind === 'known' ? authentication.value.dmarc : undefined;
  const read = content?.kind === 'known' ? content.value.from : [];
  const from = authentication?.kind === 'known' ? authentication.value.from : read;
  for (const { address } of from) {
    const isProven = dmarc?.result === 'pass' && from.length === 1 && dmarc.domain === domainOf(address);
    claims.push({ address, of: 'From', isProven });
  }
  return claims;
}
