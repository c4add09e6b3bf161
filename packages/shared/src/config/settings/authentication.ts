/** SPF, DKIM, ARC and DMARC, and the DKIM keys of ours. */

/** What is made of SPF, DKIM, ARC and DMARC. Scores are 0 for what does not count. */
export interface AuthenticationSettings {
  readonly check: boolean;
  readonly onFault: 'accept' | 'defer';
  /** Those with a slash are networks, the others domains. */
  readonly forwarders: readonly string[];
  readonly sealers: readonly string[];
  readonly spf: {
    readonly refuse: boolean;
    readonly fail: number;
    readonly softfail: number;
    readonly permerror: number;
    readonly none: number;
  };
  readonly dmarc: {
    readonly obey: boolean;
    readonly fail: number;
    readonly lists: 'obey' | 'quarantine' | 'score';
    readonly noDomain: number;
  };
  readonly spoofing: { readonly verdict: 'score' | 'quarantine' | 'reject'; readonly score: number };
  readonly lookalike: {
    readonly domain: number;
    readonly name: number;
    readonly otherAddress: number;
    readonly except: readonly string[];
  };
}

export interface DkimSettings {
  /** Directory of DOMAIN/SELECTOR.pem. */
  readonly keys: string;
  /** What becomes of a message that should be signed and cannot be. */
  readonly onFault: 'send' | 'defer';
  /** Whether a hosted domain without an active key is a fault too. */
  readonly require: boolean;
  /** How often DNS is asked for the keys that sign; 0 for never. */
  readonly watchMs: number;
  /** How long the record of a key stays in DNS after it last signed. */
  readonly keepRetiredMs: number;
}

/** Aggregate reports of what DMARC said. */
export interface DmarcReportSettings {
  readonly collect: boolean;
  readonly keepMs: number;
  readonly send: boolean;
  readonly from: string | null;
}

/** What is written into the header of mail from the internet. */
export interface MarkSettings {
  readonly results: boolean;
  readonly verdict: 'always' | 'tagged' | 'never';
  /** Which messages get a set of ARC fields. */
  readonly seal: 'changed' | 'always' | 'never';
  readonly subject: string | null;
}
