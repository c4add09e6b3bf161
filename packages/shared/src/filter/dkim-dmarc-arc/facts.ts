/** What DKIM, ARC and DMARC say of a message: who is proven to stand behind it. */

/** RFC 7208 §2.6. */
export type SpfResult = 'none' | 'neutral' | 'pass' | 'fail' | 'softfail' | 'temperror' | 'permerror';

/** What DMARC needs of SPF; the rest of what SPF says is in `spf/facts.ts`. */
export interface SpfProof {
  readonly result: SpfResult;
  /** The domain that was asked; A-labels. */
  readonly domain: string;
  /** Whose it is: of the reverse-path, or of HELO where that is null (RFC 7208 §2.4). */
  readonly identity: 'mailfrom' | 'helo';
}

/** RFC 8601 §2.7.1. */
export type DkimResult = 'pass' | 'fail' | 'neutral' | 'policy' | 'temperror' | 'permerror';

export interface DkimSignature {
  readonly result: DkimResult;
  /** `d=`, A-labels; '' when there is none to read. */
  readonly domain: string;
  readonly selector: string;
  /** `rsa-sha256`. */
  readonly algorithm: string;
  /** The first characters of `b=`, which tell it from others by the same domain (RFC 6008). */
  readonly b: string;
  readonly reason?: string;
  /** Octets of the body that it does not cover (`l=`), with which it never is `pass`; absent when it covers all. */
  readonly uncoveredBytes?: number;
}

export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

/**
 * Reasons of `permerror` with which nobody can say whose message it is: what a reader takes for the author may be none of the
 * domains that were asked (RFC 9989 §5.3.1).
 */
export const undecidedAuthors = [
  /** Only of a message that was not received by a listener, which refuses it. */
  'header-too-long',
  'no-from-field',
  'multiple-from-fields',
  'unreadable-from',
  'too-many-author-domains',
] as const;

export type UndecidedAuthors = (typeof undecidedAuthors)[number];

export interface DmarcFacts {
  readonly result: 'none' | 'pass' | 'fail' | 'temperror' | 'permerror';
  /** The domain of From, A-labels; of several the one that asks for most and fails; '' when it has none, or none fails of several. */
  readonly domain: string;
  /** What the record asks for, as it applies to this domain. Absent without a record. */
  readonly policy?: DmarcPolicy;
  /** By what it passed. */
  readonly aligned: readonly ('spf' | 'dkim')[];
  /** The record, as reports tell it. */
  readonly published?: {
    /** Where it stands: the domain itself or one above. */
    readonly domain: string;
    readonly p: DmarcPolicy;
    readonly sp?: DmarcPolicy;
    readonly np?: DmarcPolicy;
    readonly adkim: 'r' | 's';
    readonly aspf: 'r' | 's';
    /** It asks for one level less than it says (`t=y`, RFC 9989). */
    readonly testing?: true;
    /** The share it asked for, where that is not all of it; RFC 9989 knows it no more. */
    readonly pct?: number;
    /** Where aggregate reports are wanted, as written. */
    readonly rua?: string;
  };
  readonly reason?: string;
}

export interface ArcFacts {
  readonly result: 'none' | 'pass' | 'fail';
  /** The domains of the seals, the oldest first. Not proven unless `pass`. */
  readonly sealers: readonly string[];
  /** What the sets say that they saw, the oldest first: the text of ARC-Authentication-Results. */
  readonly saw: readonly string[];
  readonly reason?: string;
}

export interface AuthenticationFacts {
  /** In the order of the header, at most 10. */
  readonly dkim: readonly DkimSignature[];
  readonly dmarc: DmarcFacts;
  readonly arc: ArcFacts;
  /** The addresses in From, at most 10, '' for what is none; those of a domain that was not named before come first. */
  readonly from: readonly { readonly name: string; readonly address: string }[];
  /** The domains in them, and of a From that cannot be read those that it names; '' for more than 10. Not in records of old. */
  readonly authorDomains?: readonly string[];
  /** Signs of a mailing list: its List-Id or what else it has of RFC 2369; absent without. */
  readonly list?: string;
}

export interface AuthenticationLearnable {
  /** Who is proven to stand behind the message: DKIM, ARC, DMARC. */
  readonly authentication: AuthenticationFacts;
}

/** What the checks of this folder read. */
export interface ProofLearnable extends AuthenticationLearnable {
  readonly spf: SpfProof;
}
