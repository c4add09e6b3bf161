/** A message as it is handed to a next hop: its envelope, the header fields we put before it, and its octets. */
import type { Body } from '../../platform/values/body.ts';
import type { Envelope } from '../../platform/values/envelope.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import type { Reply } from '../../platform/values/reply.ts';

export interface Outgoing extends Envelope {
  /** Header fields that go before the body, each ending in CRLF. */
  readonly head: string;
  readonly body: Body;
}

/** The outcomes when all of its recipients fare alike. */
export const sameForAll = (outgoing: Outgoing, kind: Outcome['kind'], reply: Reply): Outcome[] =>
  outgoing.recipients.map(({ address }) => ({ recipient: address, kind, reply }));
