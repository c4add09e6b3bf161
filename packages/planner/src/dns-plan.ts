/** What a DNS plan is made of: record sets by zone, and what else has to be done so that they hold. */
import type { RecordSet } from '@mailpair/shared/dns-records/records';

export interface ZonePlan {
  readonly zone: string;
  readonly records: readonly RecordSet[];
}

export interface PtrRequest {
  readonly address: string;
  readonly name: string;
}

/** What a domain's https://mta-sts.DOMAIN/.well-known/mta-sts.txt must say (RFC 8461 §3.2). */
export interface MtaStsPolicy {
  readonly domain: string;
  readonly url: string;
  /** As in the domain's TXT record: another one whenever the text is another. */
  readonly id: string;
  /** Whole lines, each ended by CRLF. */
  readonly text: string;
}

export interface DnsPlan {
  readonly zones: readonly ZonePlan[];
  /** Records whose names lie in none of the zones: for whoever keeps theirs. */
  readonly elsewhere: readonly RecordSet[];
  /** To be asked of whoever owns the addresses. */
  readonly ptr: readonly PtrRequest[];
  readonly policies: readonly MtaStsPolicy[];
  /** What is odd or missing, each a sentence. */
  readonly notes: readonly string[];
}
