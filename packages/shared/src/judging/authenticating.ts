/** What is learnt and checked of SPF, DKIM, ARC and DMARC, as configured: a part of the list in checking.ts. */
import { authenticationLearner } from '../facts/authentication/learn-authentication.ts';
import type { AuthenticationDns } from '../facts/authentication/ask-dns.ts';
import { spfLearner } from '../facts/authentication/learn-spf.ts';
import type { Learner } from '../facts/learner.ts';
import type { Check } from '../judge/check.ts';
import { dmarcCheck } from '../judge/dmarc.ts';
import { lookalikeCheck } from '../judge/lookalike.ts';
import { spfCheck, spfRefusalCheck } from '../judge/spf.ts';
import { spoofingCheck } from '../judge/spoofing.ts';
import type { Vouchers } from '../judge/vouching.ts';
import { createNetworks, isLocalAddress } from '../system/addresses.ts';
import type { Settings } from '../system/settings.ts';

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

export function authenticationLearners(settings: Settings, parts: AuthenticatingParts): readonly Learner[] {
  if (!settings.authentication.check) return [];
  const ours = createNetworks([...settings.outbound.trusted, ...parts.ownAddresses]);
  const isStranger = (address: string): boolean => !isLocalAddress(address) && !ours.has(address);
  return [
    spfLearner({ ...parts, isStranger }),
    authenticationLearner({ resolver: parts.resolver, isStranger, patienceMs: parts.messagePatienceMs }),
  ];
}

export function authenticationChecks({ authentication, domains }: Settings): readonly Check[] {
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
