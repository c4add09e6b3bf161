/**
 * What a DNS plan is made of. Names are lower-case A-labels without the final dot; the formats add it. Values are as
 * the protocol means them, not as any one file writes them: a text is whole, however many strings it takes.
 */
interface OfName {
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
}

export interface MxValue {
  readonly preference: number;
  readonly exchange: string;
}

/** RFC 6698 §2.1. */
export interface TlsaValue {
  readonly usage: number;
  readonly selector: number;
  readonly matching: number;
  /** Lower-case hexadecimal. */
  readonly data: string;
}

/** RFC 8659 §4.1. */
export interface CaaValue {
  readonly flags: number;
  readonly tag: string;
  readonly value: string;
}

/** All records of one name and type. */
export type RecordSet =
  | (OfName & { readonly type: 'A' | 'AAAA'; readonly values: readonly string[] })
  | (OfName & { readonly type: 'CNAME'; readonly values: readonly string[] })
  | (OfName & { readonly type: 'TXT'; readonly values: readonly string[] })
  | (OfName & { readonly type: 'MX'; readonly values: readonly MxValue[] })
  | (OfName & { readonly type: 'TLSA'; readonly values: readonly TlsaValue[] })
  | (OfName & { readonly type: 'CAA'; readonly values: readonly CaaValue[] });

export type RecordType = RecordSet['type'];

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
