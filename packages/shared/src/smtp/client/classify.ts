/**
 * What a reply means for a recipient. A recipient is relayed only by a 2xx after the final dot, and bounced only by
 * a 5xx that is about the message or the recipient: what a host says about itself or about our session is temporary.
 */
import type { OutcomeKind } from '../../platform/values/outcome.ts';
import type { Reply } from '../../platform/values/reply.ts';

/**
 * Where the word about a recipient fell: `check` before anything was sent (the reply is ours), `connection` when the
 * connection failed instead of a reply (the reply is ours too), else the step that was answered.
 */
export type Stage =
  | 'check'
  | 'connect'
  | 'greeting'
  | 'ehlo'
  | 'tls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'message'
  | 'connection';

const ABOUT_THE_RECIPIENT: ReadonlySet<Stage> = new Set(['check', 'mail', 'rcpt', 'data', 'message']);

/**
 * 530, 534, 535 and 538 ask for authentication or TLS (RFC 4954 §6, RFC 3207 §4): our configuration, not the message.
 * 503 says that a command was out of order: the session has come out of step.
 */
const ABOUT_THE_SESSION: ReadonlySet<number> = new Set([503, 530, 534, 535, 538]);

/** RFC 3463 §3.3 and §3.4: too long for this mailbox, too big for this system. */
const TOO_BIG: ReadonlySet<string> = new Set(['5.2.3', '5.3.4']);

export function classify(stage: Stage, reply: Reply): OutcomeKind {
  if (reply.code >= 200 && reply.code < 300) return stage === 'message' ? 'relayed' : 'deferred';
  if (reply.code < 500 || reply.code > 599) return 'deferred';
  if (!ABOUT_THE_RECIPIENT.has(stage) || ABOUT_THE_SESSION.has(reply.code)) return 'deferred';
  // To RCPT, 552 means too many recipients (RFC 5321 §4.5.3.1.10), unless it says that the message is too big.
  if (stage === 'rcpt' && reply.code === 552 && !TOO_BIG.has(reply.enhanced)) return 'deferred';
  return 'bounced';
}
