/** What is learnt and checked of SPF, DKIM, ARC and DMARC, as configured: a part of the list in checking.ts. */
import { authenticationLearner } from '../dkim-dmarc-arc/learn-authentication.ts';
import type { AuthenticationDns } from '../dkim-dmarc-arc/ask-dns.ts';
import type { AuthenticationLearnable } from '../dkim-dmarc-arc/facts.ts';
import type { SpfLearnable } from '../spf/facts.ts';
import { spfLearner } from '../spf/learn.ts';
import type { Learner } from '../contract/learner.ts';
import type { Check } from '../contract/check.ts';
import { dmarcCheck } from '../dkim-dmarc-arc/dmarc-check.ts';
import { lookalikeCheck } from '../dkim-dmarc-arc/lookalike-check.ts';
import { spfCheck, spfRefusalCheck } from '../spf/check.ts';
import { spoofingCheck } from '../dkim-dmarc-arc/spoofing-check.ts';
import type { Vouchers } from '../dkim-dmarc-arc/vouching.ts';
import { createNetworks, isLocalAddress } from '../../platform/network/addresses.ts';
import type { Settings } from '../../config/settings.ts';

export interface AuthenticatingParts {
  readonly resolver: AuthenticationDns;
  /** Our host name. */
  readonly host: string;
  patienceMs(): number;
  /** The same at the end of a message. */
  messagePatienceMs(): number;
  /** The addresses of the pair. */
  readonly ownAddresses: readonly string[];
}

export function authenticationLearners(
  settings: Settings,
  parts: AuthenticatingParts,
): readonly Learner<SpfLearnable>[] {
  if (!settings.authentication.check) return [];
  const ours = createNetworks([...settings.outbound.trusted, ...parts.ownAddresses]);
  const isStranger = (address: string): boolean => !isLocalAddress(address) && !ours.has(address);
  return [
    spfLearner({ ...parts, isStranger }),
    authenticationLearner({ resolver: parts.resolver, isStranger, patienceMs: parts.messagePatienceMs }),
  ];
}

export function authenticationChecks({
  authentication,
  domains,
}: Settings): readonly Check<SpfLearnable & AuthenticationLearnable>[] {
  const { spf, dmarc, spoofing, lookalike, onFault } = authentication;
  const vouchers = vouchersOf(authentication);
  const hosted = domains.map(({ name }) => name);
  const spfRules = { ...spf, onFault };
  return [
    ...(spf.refuse ? [spfRefusalCheck(spfRules, vouchers)] : []),
    spfCheck(spfRules, vouchers),
    dmarcCheck({ ...dmarc, onFault }, vouchers),
    spoofingCheck({ ...spoofing, lists: dmarc.lists }, hosted, vouchers),
    lookalikeCheck(lookalike, hosted),
  ];
}

function vouchersOf({ forwarders, sealers }: Settings['authentication']): Vouchers {
  const isNetwork = (each: string): boolean => each.includes('/');
  const networks = createNetworks(forwarders.filter(isNetwork));
  return {
    isForwarder: networks.has,
    forwarderDomains: forwarders.filter((each) => !isNetwork(each)),
    sealers,
  };
}
