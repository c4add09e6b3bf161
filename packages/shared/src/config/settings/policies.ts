/** What operators want of verdicts beyond thresholds for all: policies of recipients, senders to allow and to block, rules. */

/** An address, a domain, `.example.net` for its subdomains, or a network. */
export interface SenderEntry {
  readonly sender: string;
  /** Taken at its word: a name counts though nobody proves it. */
  readonly unproven: boolean;
}

export interface SenderLists {
  readonly allow: readonly SenderEntry[];
  readonly block: readonly SenderEntry[];
}

/** What is absent is as for the domain, and for all. */
export interface PolicySettings extends SenderLists {
  /** Recipients by address, or by domain. */
  readonly for: readonly string[];
  /** null is never. */
  readonly tagAt?: number | null;
  readonly quarantineAt?: number | null;
  readonly rejectAt?: number | null;
}

/** All that is given must hold; of a list one is enough. In patterns `*` is any text. */
export interface RuleConditions {
  readonly sender?: readonly string[];
  readonly recipient?: readonly string[];
  /** Networks. */
  readonly client?: readonly string[];
  readonly helo?: readonly string[];
  readonly subject?: readonly string[];
  /** Header fields by lower-case name, with patterns of their values. */
  readonly header?: readonly { readonly name: string; readonly patterns: readonly string[] }[];
  /** Patterns of file names. */
  readonly attachment?: readonly string[];
  /** What the first octets of an attachment say it is. */
  readonly attachmentType?: readonly string[];
  readonly spf?: readonly string[];
  readonly dmarc?: readonly string[];
  /** Patterns of what checks found, `dns-list.*`. */
  readonly found?: readonly string[];
  readonly largerThanBytes?: number;
}

export interface RuleSettings {
  readonly name: string;
  readonly on: readonly ('mx' | 'submission')[];
  readonly when: RuleConditions;
  /** Where these hold it does not apply. */
  readonly unless: RuleConditions | null;
  readonly score: number;
  readonly verdict: 'score' | 'allow' | 'reject' | 'defer' | 'quarantine' | 'hold' | 'discard';
  /** What the client is told, with `reject` and `defer`. */
  readonly text: string | null;
}
