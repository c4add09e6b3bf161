/**
 * The input of all parts of the DNS plan: settings, public keys, and values that are derived from both. Pure.
 */
import { hasOneAddress } from '@mailpair/shared/platform/network/one-address';
import type { Settings } from '@mailpair/shared/config/settings';
import { normaliseDomain } from '@mailpair/shared/platform/values/address';
import { hostsOf } from './plan-hosts.ts';
import type { PlannedRole, RoleHosts } from './plan-hosts.ts';
import { domainSpf } from './plan-spf.ts';
import type { PublicKeys } from './public-keys.ts';
import { zonesOf } from './zones.ts';

export interface PlannedPair {
  readonly domains: readonly Pick<Settings['domains'][number], 'name'>[];
  readonly inbound: PlannedRole;
  readonly outbound: PlannedRole & {
    readonly listen?: { readonly submission: readonly { readonly port: number }[] };
  };
  readonly publish: Settings['publish'];
  readonly tls: Pick<Settings['tls'], 'certFile'>;
  readonly dkim: Pick<Settings['dkim'], 'keys'>;
}

export interface PlanBasis {
  readonly pair: PlannedPair;
  readonly keys: PublicKeys;
  readonly domains: readonly string[];
  readonly zones: readonly string[];
  /** Inbound first, as in the MX records. */
  readonly roles: readonly [RoleHosts, RoleHosts];
  /**
   * Both roles are behind one address. There is one MX record, and either gateway responds with the name of
   * inbound.
   */
  readonly isOneAddress: boolean;
  /** The SPF record of the domains; null if it cannot be determined. */
  readonly spf: string | null;
  /** The MTA-STS mode that can be published; null for no policy. */
  readonly mtaStsMode: 'none' | 'testing' | 'enforce' | null;
  /**
   * Whether the operator named a web server for the policy. Without one, no record that points to it is
   * planned.
   */
  readonly isPolicyServed: boolean;
}

export function basisOf(pair: PlannedPair, keys: PublicKeys): PlanBasis {
  const domains = [...new Set(pair.domains.map(({ name }) => normaliseDomain(name)))];
  const inbound = hostsOf('inbound', pair.inbound);
  const outbound = hostsOf('outbound', pair.outbound);
  return {
    pair,
    keys,
    domains,
    zones: zonesOf(domains, pair.publish.zones),
    roles: [inbound, outbound],
    isOneAddress: hasOneAddress(pair),
    spf: domainSpf([outbound, inbound], pair.publish.spf),
    mtaStsMode: mtaStsMode(pair, keys),
    isPolicyServed: pair.publish.mtaSts.host !== null,
  };
}

/** `enforce` requires a certificate that is not self-signed; otherwise the mode is reduced to `testing`. */
function mtaStsMode({ publish, tls }: PlannedPair, { hosts }: PublicKeys): PlanBasis['mtaStsMode'] {
  const { mode } = publish.mtaSts;
  if (mode === 'off') return null;
  if (mode !== 'enforce') return mode;
  const isVouchedFor =
    tls.certFile !== null && !hosts.some(({ file, selfSigned }) => file === tls.certFile && selfSigned);
  return isVouchedFor ? 'enforce' : 'testing';
}
