/** What SPF (RFC 7208) says of the client and the domain that it sends for. */
import type { SpfProof } from '../dkim-dmarc-arc/facts.ts';

export interface SpfFacts extends SpfProof {
  /** With `temperror` and `permerror`: why. */
  readonly reason?: string;
  /** What the domain says to those that fail (RFC 7208 §6.2); ASCII. */
  readonly explanation?: string;
}

export interface SpfLearnable {
  /** Whether the client may send for the domain of the reverse-path. */
  readonly spf: SpfFacts;
}
