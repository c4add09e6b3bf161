/** What is kept of a message that was read. */
import type { ContentFacts } from '../../platform/values/content.ts';

/** Values of header fields by lower-case name, unfolded, as they stand there; those that rules ask for. */
export type NamedFields = Readonly<Record<string, readonly string[]>>;

export interface ContentLearnable {
  /** What was read of the message, without its text. */
  readonly content: ContentFacts;
  /** Header fields that the operator's rules ask for. */
  readonly namedFields: NamedFields;
}
