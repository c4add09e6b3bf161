/** judge → recipients: the answer to RCPT, and what is written down of a recipient who is not taken. */
import type { Judged, Judging } from '../../filter/pipeline/judging.ts';
import type { Records } from '../../filter/pipeline/recording.ts';
import type { Recipients } from '../../directory/recipients/recipients.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { DomainSettings } from '../../config/sections/domains.ts';
import { domainOf, isPostmaster, localPartOf } from '../../platform/values/address.ts';
import type { Envelope, Recipient } from '../../platform/values/envelope.ts';
import { isPermanent, isPositive, replies, type Reply } from '../../platform/values/reply.ts';
import type { ListenerRole, Session } from '../../platform/values/session.ts';

export interface RcptParts {
  readonly judging: Judging;
  readonly recipients: Recipients;
  readonly records: Records;
  /** The hosted domain of that name. */
  hosted(domain: string): DomainSettings | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Answers at once where nothing has to be waited for. */
type AnswerRcpt = (
  role: ListenerRole,
  recipient: Recipient,
  envelope: Envelope,
  session: Session,
) => Reply | Promise<Reply>;

/** `saw` is told what was judged, when the recipient is not taken for it. */
type Answer = (
  recipient: Recipient,
  envelope: Envelope,
  session: Session,
  saw: (judged: Judged) => void,
) => Reply | Promise<Reply>;

export function createRcpt({ judging, recipients, records, hosted, log, metrics }: RcptParts): AnswerRcpt {
  const answerJudged: Answer = (recipient, envelope, session, saw) =>
    after(judging.rcpt(recipient, envelope, session), (judged) => {
      const [verdict] = judged.verdicts;
      if (!verdict || !('reply' in verdict)) return replies.rcptOk;
      saw(judged);
      log.info('recipient.judged', {
        session: session.id,
        recipient: recipient.address,
        verdict: verdict.kind,
        reason: verdict.reason,
      });
      return verdict.reply;
    });

  /** A mailbox that does not exist is refused as such before anybody is asked to come back. */
  const answerHosted: Answer = (recipient, envelope, session, saw) => {
    const domain = hosted(domainOf(recipient.address));
    if (!domain) return replies.relayDenied;
    // A local server trusts us, so it might follow a route written into the local part.
    if (/[%!@]/.test(localPartOf(recipient.address))) return replies.routedAddress;
    return after(answerJudged(recipient, envelope, session, saw), (judged) => {
      if (isPermanent(judged)) return judged;
      const verified = isPostmaster(recipient.address)
        ? replies.rcptOk
        : recipients.verify(domain, recipient.address);
      return after(verified, (reply) => (isPositive(reply) ? judged : reply));
    });
  };

  return (role, recipient, envelope, session) => {
    let judged: Judged | undefined;
    const saw = (by: Judged): void => void (judged = by);
    const answer = role === 'mx' ? answerHosted : answerJudged;
    return after(answer(recipient, envelope, session, saw), (reply) => {
      if (isPositive(reply)) return reply;
      metrics.recipientRefused(role);
      records.refusal(recipient.address, envelope.reversePath, session, reply, judged);
      const who = { session: session.id, client: session.client.address, recipient: recipient.address };
      log.info('recipient.refused', { ...who, reply });
      return reply;
    });
  };
}

/** What follows from a value that may have to be waited for; at once where it need not. */
const after = <A, B>(value: A | Promise<A>, then: (value: A) => B | Promise<B>): B | Promise<B> =>
  value instanceof Promise ? value.then(then) : then(value);
