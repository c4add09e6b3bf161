/** What lists in DNS (RFC 5782) said of addresses and domains. */

export interface ListFacts {
  readonly listed: readonly Listing[];
  /** Names of the lists that were asked and list nothing of it. */
  readonly clear: readonly string[];
  /** Lists of which it is not known. */
  readonly unanswered: readonly Unanswered[];
  /** What was not asked about because there was too much of it. */
  readonly leftOut?: number;
}

export interface Listing {
  /** Name of the list. */
  readonly list: string;
  /** The address or domain that is listed. */
  readonly subject: string;
  /** The answers, `127.0.0.2`. */
  readonly codes: readonly string[];
  /** What the list says to who is listed (its TXT record); asked for only where it refuses. */
  readonly text?: string;
}

export interface Unanswered {
  readonly list: string;
  readonly reason: string;
  /** It is switched off, so that coming back soon would not help. */
  readonly off?: true;
}

export interface ListLearnable {
  /** The client's address in deny and allow lists. */
  readonly addressLists: ListFacts;
  /** The domains of reverse-path, HELO and reverse name in domain lists. */
  readonly domainLists: ListFacts;
  /** The hosts of URLs in domain lists. */
  readonly urlLists: ListFacts;
}
