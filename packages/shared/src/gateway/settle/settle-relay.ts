/**
 * What to answer at the end of DATA when the message was offered to the local servers while its client waited.
 * Pure.
 *
 * The client gets one reply for all its recipients (RFC 5321 §4.2.5), so:
 * - all relayed, or all refused: the local server's codes are ours (its words are not), nothing is stored, nobody is bounced;
 * - some deferred: they are queued and the reply is 250, if they are known to be valid or others were relayed;
 * - some refused after others were relayed: only then is a bounce owed.
 */
import { domainOf } from '../../platform/values/address.ts';
import type { Recipient } from '../../platform/values/envelope.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import { toStranger } from '../../platform/values/reply-to-stranger.ts';

export interface RelayFacts {
  readonly id: string;
  readonly outcomes: readonly Outcome[];
  /** Whether the recipient is proven valid, so that queueing it cannot end in backscatter. */
  readonly isKnownValid: (recipient: string) => boolean;
}

export interface RelaySettlement {
  /** To be given once what is to be queued is on disk. */
  readonly reply: Reply;
  readonly queue: readonly Outcome[];
  readonly bounce: readonly Outcome[];
}

export function settleRelay({ id, outcomes, isKnownValid }: RelayFacts): RelaySettlement {
  const first = outcomes[0];
  if (!first) return { reply: replies.localFault, queue: [], bounce: [] };
  if (outcomes.every(({ kind }) => kind === 'relayed'))
    return { reply: replies.relayed(id), queue: [], bounce: [] };

  const relayed = outcomes.filter(({ kind }) => kind === 'relayed');
  const deferred = outcomes.filter(({ kind }) => kind === 'deferred');
  const bounced = outcomes.filter(({ kind }) => kind === 'bounced');
  if (bounced.length === outcomes.length) return { reply: toStranger(first.reply), queue: [], bounce: [] };
  if (relayed.length === 0 && !deferred.every(({ recipient }) => isKnownValid(recipient)))
    return { reply: asTemporary(deferred[0]!.reply), queue: [], bounce: [] };
  const reply = deferred.length > 0 ? replies.queued(id) : replies.relayed(id);
  return { reply, queue: deferred, bounce: bounced };
}

/**
 * What becomes of another version of the message at servers that were offered one, without asking: where none of them took the
 * first for what is in it, all of it is refused while its client waits, and nobody bounced; where none answered, they are not
 * waited for again. Undefined when they are to be asked.
 */
export function foretell(
  recipients: readonly Recipient[],
  outcomes: readonly Outcome[],
): Outcome[] | undefined {
  const last = outcomes.findLast(({ stage }) => stage !== 'rcpt');
  if (!last || last.kind === 'relayed' || outcomes.some(({ kind }) => kind !== last.kind)) return undefined;
  const asked = new Set(outcomes.map(({ recipient }) => domainOf(recipient)));
  if (!recipients.every(({ address }) => asked.has(domainOf(address)))) return undefined;
  return recipients.map(({ address }) => ({ ...last, recipient: address }));
}

/** A deferral as a reply to the client, with the next hop's own codes where it gave a 4xx that is not about its session. */
function asTemporary(reply: Reply): Reply {
  const isTheirs = reply.code >= 400 && reply.code < 500 && reply.code !== 421;
  return toStranger(isTheirs ? reply : NOT_REACHED);
}

const NOT_REACHED: Reply = { code: 451, enhanced: '4.4.1', text: '' };
