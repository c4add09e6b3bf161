/**
 * judge → relay or queue: the verdict carried out for each recipient of a message, with one reply to its client.
 *
 * What is kept here, in quarantine or held in the queue, is on disk before the others' message goes on, and taken back
 * when the client is not told 250: it will send all of it again, and nobody shall have it twice.
 */
import { settleVerdicts, type Disposition } from '../../filter/pipeline/settle-verdicts.ts';
import type { Judged } from '../../filter/pipeline/judging.ts';
import type { Records } from '../../filter/pipeline/recording.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Recipient } from '../../platform/values/envelope.ts';
import { summaryOf, type Message } from '../../filter/contract/message.ts';
import { isPositive, replies, type Reply } from '../../platform/values/reply.ts';
import type { Verdict } from '../../filter/contract/verdict.ts';
import type { Quarantine } from '../quarantine/quarantining.ts';
import type { Submission } from './submission.ts';

export interface DisposingParts {
  /** Takes a message on for all its recipients, and says what its client is told. */
  forward(message: Message): Promise<Reply>;
  readonly hold: Submission['hold'];
  readonly quarantine: Pick<Quarantine, 'keep' | 'drop'>;
  readonly nextId: () => string;
  readonly records: Pick<Records, 'event'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'verdict'>;
}

type Taken = Extract<Disposition<number>, { kind: 'take' }>;

/** @returns a function that gives the reply to the final dot. It rejects when a store does, and nothing is stored. */
export function createDisposing(parts: DisposingParts): (message: Message, judged: Judged) => Promise<Reply> {
  const { log } = parts;

  return (message, judged) => {
    for (const { kind } of judged.verdicts) parts.metrics.verdict(message.session.role, kind);
    tellObserved(message, judged);
    return judged.verdicts.every(goesOn) ? parts.forward(message) : settle(message, judged);
  };

  async function settle(message: Message, judged: Judged): Promise<Reply> {
    const disposition = settleVerdicts(
      judged.verdicts.map((verdict, index) => ({ recipient: index, verdict })),
    );
    if (disposition.kind === 'refuse') {
      const { kind, reason, reply } = disposition.verdict;
      const { score } = judged.judgements[0]!;
      log.info('message.refused', {
        session: message.session.id,
        id: message.id,
        verdict: kind,
        score,
        reason,
        reply,
      });
      return reply;
    }
    return apart(message, judged, disposition);
  }

  /** Not all of the recipients get it. */
  async function apart(message: Message, judged: Judged, taken: Taken): Promise<Reply> {
    const undo: (() => Promise<void>)[] = [];
    // What our own submitters send is for the operator to look at, not for its recipients.
    const isSubmitted = message.session.role === 'submission';
    let reply = replies.queued(message.id);
    try {
      const aside = [
        { keep: isSubmitted ? hold : quarantine, of: taken.quarantine },
        { keep: hold, of: taken.hold },
      ];
      for (const { keep, of } of aside) {
        if (of.length === 0) continue;
        const kept = await keep(message, judged, of);
        if (typeof kept === 'function') undo.push(kept);
        else reply = kept;
      }
      const on = [...taken.accept, ...taken.tag].toSorted((a, b) => a - b);
      if (on.length > 0 && isPositive(reply)) reply = await parts.forward(partOf(message, judged, on));
    } catch (error) {
      await takeBack(message, undo);
      throw error;
    }
    if (!isPositive(reply)) await takeBack(message, undo);
    else if (taken.discard.length > 0)
      tell('discarded', partOf(message, judged, taken.discard), judged, taken.discard);
    return reply;
  }

  async function quarantine(
    message: Message,
    judged: Judged,
    of: readonly number[],
  ): Promise<() => Promise<void>> {
    const { recipients } = message.envelope;
    const part = partOf(message, judged, of);
    const kept = of.map((index) => ({ recipient: recipients[index]!, judgement: judged.judgements[index]! }));
    await parts.quarantine.keep(part, kept);
    tell('quarantined', part, judged, of);
    return () => parts.quarantine.drop(message.id);
  }

  async function hold(
    message: Message,
    judged: Judged,
    of: readonly number[],
  ): ReturnType<Submission['hold']> {
    const part = partOf(message, judged, of);
    // The part that goes on has the id that the client is told.
    const id = of.length === message.envelope.recipients.length ? message.id : parts.nextId();
    const { usage } = judged.facts.learnt;
    const bySubmitter = usage?.kind === 'known' && usage.value.held !== undefined;
    const held = await parts.hold({ ...part, id }, judged.verdicts[of[0]!]!.reason, bySubmitter);
    if (typeof held === 'function')
      parts.records.event({
        id: message.id,
        event: 'held',
        recipients: part.envelope.recipients.map(({ address }) => address),
        ...(id !== message.id && { entry: id }),
      });
    return held;
  }

  /** What cannot be taken back may come twice, but is not lost. */
  async function takeBack({ id }: Message, undo: readonly (() => Promise<void>)[]): Promise<void> {
    for (const step of undo)
      await step().catch((error: unknown) => log.error('spool.fault', { id, err: error }));
  }

  function tell(what: string, message: Message, { verdicts }: Judged, of: readonly number[]): void {
    log.info(`message.${what}`, { ...summaryOf(message), reason: verdicts[of[0]!]!.reason });
  }

  /** What would have been done. */
  function tellObserved(message: Message, judged: Judged): void {
    const { judgements, verdicts } = judged;
    const index = judgements.findIndex(({ verdict }, i) => verdict.kind !== verdicts[i]!.kind);
    const wouldBe = judgements[index];
    if (wouldBe)
      log.info('message.observed', {
        ...summaryOf(partOf(message, judged, [index])),
        reason: wouldBe.verdict.reason,
      });
  }
}

const goesOn = ({ kind }: Verdict): boolean => kind === 'accept' || kind === 'tag';

/** The message for some of its recipients. */
function partOf(
  message: Message,
  { judgements }: Pick<Judged, 'judgements'>,
  of: readonly number[],
): Message {
  const { envelope } = message;
  const recipients = of.map((index): Recipient => envelope.recipients[index]!);
  return { ...message, envelope: { ...envelope, recipients }, judgement: judgements[of[0]!]! };
}
