/** The types of a DNS plan: record sets by zone, and the other steps that the records depend on. */
import type { RecordSet } from '@mailpair/shared/dns-records/records';

export interface ZonePlan {
  readonly zone: string;
  readonly records: readonly RecordSet[];
}

export interface PtrRequest {
  readonly address: string;
  readonly name: string;
}

/** The policy to be served at https://mta-sts.DOMAIN/.well-known/mta-sts.txt (RFC 8461 §3.2). */
export interface MtaStsPolicy {
  readonly domain: string;
  readonly url: string;
  /** The id in the TXT record of the domain. It changes whenever the text changes. */
  readonly id: string;
  /** The policy text; each line ends with CRLF. */
  readonly text: string;
}

export interface DnsPlan {
  readonly zones: readonly ZonePlan[];
  /** Records whose names are in none of the zones. The operator of the other zone must publish them. */
  readonly elsewhere: readonly RecordSet[];
  /** PTR records, which the owner of the address block must publish. */
  readonly ptr: readonly PtrRequest[];
  readonly policies: readonly MtaStsPolicy[];
  /** Notes on unusual or missing settings, each a sentence. */
  readonly notes: readonly string[];
}
