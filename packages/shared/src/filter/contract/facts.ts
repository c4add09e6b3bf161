/**
 * What was learnt of a client and its message: plain JSON, so that a record keeps it and it can be judged again.
 *
 * `Learnable` has a member for each thing that can be learnt (its shape stands in a file of its own, `facts-of-*.ts`);
 * a learner in `facts/` brings it, checks in `judge/` read it. What is absent was not asked for: switched off, or
 * without meaning for this message. What could not be learnt is a fault, never silence.
 */
import type { ContentFacts } from '../../platform/values/content.ts';
import type { AuthenticationFacts, SpfFacts } from '../dkim-dmarc-arc/facts.ts';
import type { BayesFacts } from '../bayes/facts.ts';
import type { HeloName, ReverseName } from '../client-name/facts.ts';
import type { GreylistFacts } from '../greylist/facts.ts';
import type { NamedFields } from '../content/named-fields-facts.ts';
import type { ListFacts } from '../dns-lists/facts.ts';
import type { RspamdFacts, VirusFacts } from '../engines/facts.ts';
import type { AuthorFacts, SubmitterFacts, UsageFacts } from '../../directory/submitters/usage-facts.ts';
import type { ListenerRole } from '../../platform/values/session.ts';

export interface Learnable {
  /** The names of the client's address. */
  readonly reverseName: ReverseName;
  /** What DNS knows of the name in HELO. */
  readonly heloName: HeloName;
  /** The client's address in deny and allow lists. */
  readonly addressLists: ListFacts;
  /** The domains of reverse-path, HELO and reverse name in domain lists. */
  readonly domainLists: ListFacts;
  /** The hosts of URLs in domain lists. */
  readonly urlLists: ListFacts;
  /** What clamd found in the message. */
  readonly virus: VirusFacts;
  /** What rspamd says of it. */
  readonly rspamd: RspamdFacts;
  /** What the classifier says of the message. */
  readonly bayes: BayesFacts;
  /** What was read of the message, without its text. */
  readonly content: ContentFacts;
  /** Whether the client may send for the domain of the reverse-path. */
  readonly spf: SpfFacts;
  /** Who is proven to stand behind the message: DKIM, ARC, DMARC. */
  readonly authentication: AuthenticationFacts;
  /** Whether the sender was heard of before; absent where nobody is asked to come back. */
  readonly greylist: GreylistFacts;
  /** Header fields that the operator's rules ask for. */
  readonly namedFields: NamedFields;
  /** Who of our submitters it is. */
  readonly submitter: SubmitterFacts;
  /** Whom a submitter names in From, where that is checked. */
  readonly author: AuthorFacts;
  /** What a submitter has sent so far. */
  readonly usage: UsageFacts;
}

export type FactName = keyof Learnable;

export type Fact<T> =
  | { readonly kind: 'known'; readonly value: T; readonly tookMs: number }
  /** It could not be learnt: a resolver that is silent, an engine that is down, a time budget used up. */
  | { readonly kind: 'fault'; readonly reason: string; readonly tookMs: number };

export type Learnt = { readonly [N in FactName]?: Fact<Learnable[N]> };

export interface Facts {
  readonly role: ListenerRole;
  /** Ms since the epoch. */
  readonly at: number;
  readonly client: {
    readonly address: string;
    readonly helo: string;
    readonly tls: boolean;
    readonly trusted: boolean;
    /** It spoke before it was greeted. */
    readonly spokeEarly?: true;
    readonly user?: string;
  };
  readonly reversePath: string;
  /** Recipients taken so far, and at RCPT the one that is asked for as the last. */
  readonly recipients: readonly string[];
  /** Absent before the end of DATA. */
  readonly message?: { readonly sizeBytes: number; readonly hops: number; readonly eightBit: boolean };
  readonly learnt: Learnt;
}
