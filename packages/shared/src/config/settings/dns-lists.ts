/** Lists in DNS (RFC 5782). */

/** A list in DNS of addresses (RFC 5782). */
export interface DnsListSettings {
  /** Shown in place of the zone; unique. */
  readonly name: string;
  readonly zone: string;
  /** Added for a listing whose code is not named; below 0 where it speaks for who is listed. */
  readonly score: number;
  /** `127.0.0.4`, `127.0.*.3`; the first that fits counts. */
  readonly codes: readonly { readonly code: string; readonly score: number }[];
  readonly verdict: 'score' | 'reject' | 'allow';
  /** What it lists for tests; null for the entry of RFC 5782. */
  readonly test: string | null;
}

export interface DomainListSettings extends DnsListSettings {
  readonly ask: readonly ('urls' | 'sender' | 'helo' | 'reverse')[];
}

export interface ListsSettings {
  readonly deny: readonly DnsListSettings[];
  readonly allow: readonly DnsListSettings[];
  readonly domains: readonly DomainListSettings[];
  readonly refuseAt: number | null;
  readonly onFault: 'accept' | 'defer';
  readonly timeoutMs: number;
  readonly testMs: number;
  readonly retestMs: number;
}
