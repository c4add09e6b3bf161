/** What became of one recipient in one attempt. */
import type { Reply } from './reply.ts';

export type OutcomeKind = 'relayed' | 'deferred' | 'bounced';

export interface Outcome {
  readonly recipient: string;
  readonly kind: OutcomeKind;
  /** The next hop's reply, or one of ours when there was no reply (`4.4.1` no answer, `5.1.10` null MX …). */
  readonly reply: Reply;
  /** The command that was answered: `rcpt`, `data`, `message` …; absent when nothing was asked. */
  readonly stage?: string;
  /** Host that gave the reply; absent when nobody did. */
  readonly host?: string;
  /** The attempt was over TLS. */
  readonly tls?: boolean;
  /** The host offered DSN and was told what the sender wants to know: notifying is its duty now (RFC 3461 §5.2.1). */
  readonly dsn?: boolean;
}
