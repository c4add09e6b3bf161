/** What DNS is told. */

/** What DNS is told beyond addresses and MX. */
export interface PublishSettings {
  /** DNS zones; a hosted domain in none of them is a zone of its own. */
  readonly zones: readonly string[];
  readonly ttlMs: number;
  readonly addressTtlMs: number;
  readonly spf: {
    readonly terms: readonly string[];
    readonly all: 'fail' | 'softfail' | 'neutral';
  };
  /** Name → texts that stand there besides the planned ones. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly dmarc: {
    readonly policy: 'off' | 'none' | 'quarantine' | 'reject';
    readonly rua: readonly string[];
  };
  readonly mtaSts: {
    readonly mode: 'off' | 'none' | 'testing' | 'enforce';
    readonly maxAgeMs: number;
    /** The web server that serves the policy, or null. */
    readonly host: string | null;
  };
  readonly tlsRpt: { readonly rua: readonly string[] };
  readonly tlsa: boolean;
  /** PEM files whose keys are published besides that of tls.certFile. */
  readonly certificates: readonly string[];
  readonly caa: readonly string[];
}
