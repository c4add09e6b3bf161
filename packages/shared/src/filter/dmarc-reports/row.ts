/**
 * What an aggregate report says of messages alike (RFC 7489 §7.2, Appendix C): one row, with a count. Pure: of what was learnt of
 * one message and what came of it. Only mail of domains that want reports has a row.
 */
import type {
  AuthenticationFacts,
  AuthenticationLearnable,
  DmarcFacts,
  DmarcPolicy,
} from '../dkim-dmarc-arc/facts.ts';
import type { Facts } from '../contract/facts.ts';
import type { SpfLearnable } from '../spf/facts.ts';
import type { Finding } from '../contract/verdict.ts';

export interface ReportRow {
  readonly published: NonNullable<DmarcFacts['published']>;
  readonly source: string;
  readonly disposition: DmarcPolicy;
  readonly dkim: 'pass' | 'fail';
  readonly spf: 'pass' | 'fail';
  /** Why the disposition is not what the policy asks for. */
  readonly override?: { readonly type: OverrideType; readonly comment: string };
  readonly headerFrom: string;
  readonly dkimResults: readonly {
    readonly domain: string;
    readonly selector: string;
    readonly result: string;
  }[];
  readonly spfResult: {
    readonly domain: string;
    readonly scope: 'helo' | 'mfrom';
    readonly result: string;
  } | null;
}

export type OverrideType = 'trusted_forwarder' | 'mailing_list' | 'local_policy';

/** Of signatures by one message. */
const SIGNATURES = 4;

export function rowOf(
  facts: Facts<AuthenticationLearnable & SpfLearnable>,
  findings: readonly Finding[],
  enforced: boolean,
): ReportRow | undefined {
  const { spf, authentication } = facts.learnt;
  if (authentication?.kind !== 'known') return undefined;
  const { dmarc, dkim } = authentication.value;
  const { published, result, domain } = dmarc;
  if (published?.rua === undefined || (result !== 'pass' && result !== 'fail')) return undefined;
  const done = dispositionOf(findings, enforced);
  const override = overrideOf(authentication.value, findings, done);
  return {
    published,
    source: facts.client.address,
    disposition: done,
    dkim: dmarc.aligned.includes('dkim') ? 'pass' : 'fail',
    spf: dmarc.aligned.includes('spf') ? 'pass' : 'fail',
    ...(override && { override }),
    headerFrom: domain,
    dkimResults: dkim
      .filter((each) => each.domain !== '')
      .slice(0, SIGNATURES)
      .map((each) => ({ domain: each.domain, selector: each.selector, result: each.result })),
    spfResult:
      spf?.kind === 'known'
        ? {
            domain: spf.value.domain,
            scope: spf.value.identity === 'helo' ? 'helo' : 'mfrom',
            result: spf.value.result,
          }
        : null,
  };
}

function dispositionOf(findings: readonly Finding[], enforced: boolean): DmarcPolicy {
  const verdict = findings.find(({ rule }) => rule.startsWith('dmarc.'))?.verdict;
  return enforced && (verdict === 'reject' || verdict === 'quarantine') ? verdict : 'none';
}

function overrideOf(
  { dmarc, list }: AuthenticationFacts,
  findings: readonly Finding[],
  done: DmarcPolicy,
): ReportRow['override'] {
  if (dmarc.result === 'pass' || done === (dmarc.policy ?? 'none')) return undefined;
  const vouched = findings.find(({ rule }) => rule === 'dmarc.vouched');
  if (vouched) return { type: 'trusted_forwarder', comment: vouched.evidence };
  return list === undefined ? { type: 'local_policy', comment: '' } : { type: 'mailing_list', comment: list };
}
