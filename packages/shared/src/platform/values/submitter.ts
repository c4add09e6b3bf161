/** Whoever relays through us: a user with a password, a sender at a trusted host, or that host. */

export const limitNames = [
  'messagesPerMinute',
  'messagesPerHour',
  'messagesPerDay',
  'recipientsPerHour',
  'recipientsPerDay',
  'refusedPerHour',
] as const;

export type LimitName = (typeof limitNames)[number];

/** 0 is no limit. */
export type SubmitterLimits = { readonly [N in LimitName]: number };

export type SubmitterCounts = { readonly [N in LimitName]: number };

/** Why all that a submitter sends is held. */
export interface SubmitterHold {
  readonly since: number;
  /** For a person: `501 messages within an hour, submitters.messagesPerHour is 500`. */
  readonly reason: string;
  /** `partner`: another node of the pair holds it. */
  readonly by: 'limit' | 'operator' | 'partner';
}

/** What is known of it beside its name. */
export interface SubmitterState {
  readonly name: string;
  /** Within the time of each limit, as of now. */
  readonly counts: SubmitterCounts;
  /** Those in force now, for mail as it sent it last. */
  readonly limits: SubmitterLimits;
  readonly held: SubmitterHold | null;
  /** When it sent last; 0 when it has not. */
  readonly lastAt: number;
}

/** A client in a transaction. */
export interface Submitting {
  readonly user?: string;
  /** Of the client. */
  readonly address: string;
  readonly reversePath: string;
}

/** Who it is, and which rules it has. */
export interface Submitter {
  readonly name: string;
  readonly limits: SubmitterLimits;
  /** Whether it may send from the domain. */
  mayUse(domain: string): boolean;
  /** Whether From must be in its domains as the reverse-path must. */
  readonly checksFrom: boolean;
}

export type SubmitterOf = (submitting: Submitting) => Submitter;
