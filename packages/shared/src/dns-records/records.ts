/**
 * Sets of DNS records. Names are lower-case A-labels without the final dot; the formats add it. Values are as
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
