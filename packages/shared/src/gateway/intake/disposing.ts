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

type Undo = () => Promise<void>;
type Taken = Extract<Disposition<number>, { kind: 'take' }>;

export class Disposing {
  readonly #parts: DisposingParts;

  constructor(parts: DisposingParts) {
    this.#parts = parts;
  }

  /** @returns the reply to the final dot. Rejects when a store does, and nothing is stored. */
  dispose(message: Message, judged: Judged): Promise<Reply> {
    const { metrics, forward } = this.#parts;
    for (const { kind } of judged.verdicts) metrics.verdict(message.session.role, kind);
    this.#noteObserved(message, judged);
    return judged.verdicts.every(goesOn) ? forward(message) : this.#settle(message, judged);
  }

  async #settle(message: Message, judged: Judged): Promise<Reply> {
    const disposition = settleVerdicts(
      judged.verdicts.map((verdict, index) => ({ recipient: index, verdict })),
    );
    if (disposition.kind === 'take') return this.#divide(message, judged, disposition);
    const { kind, reason, reply } = disposition.verdict;
    const { score } = judged.judgements[0]!;
    this.#parts.log.info('message.refused', {
      session: message.session.id,
      id: message.id,
      verdict: kind,
      score,
      reason,
      reply,
    });
    return reply;
  }

  /** Not all of the recipients get it. */
  async #divide(message: Message, judged: Judged, taken: Taken): Promise<Reply> {
    const undo: Undo[] = [];
    let reply: Reply;
    try {
      reply = await this.#putAside(message, judged, taken, undo);
      const on = [...taken.accept, ...taken.tag].toSorted((a, b) => a - b);
      if (on.length > 0 && isPositive(reply)) reply = await this.#parts.forward(partOf(message, judged, on));
    } catch (error) {
      await this.#takeBack(message, undo);
      throw error;
    }
    if (!isPositive(reply)) await this.#takeBack(message, undo);
    else if (taken.discard.length > 0)
      this.#note('discarded', partOf(message, judged, taken.discard), judged, taken.discard);
    return reply;
  }

  /** @param undo gets what takes it back */
  async #putAside(message: Message, judged: Judged, taken: Taken, undo: Undo[]): Promise<Reply> {
    // What our own submitters send is for the operator to look at, not for its recipients.
    const isHeld = message.session.role === 'submission';
    let reply = replies.queued(message.id);
    for (const { hold, of } of [
      { hold: isHeld, of: taken.quarantine },
      { hold: true, of: taken.hold },
    ]) {
      if (of.length === 0) continue;
      const kept = await (hold ? this.#hold(message, judged, of) : this.#quarantine(message, judged, of));
      if (typeof kept === 'function') undo.push(kept);
      else reply = kept;
    }
    return reply;
  }

  async #quarantine(message: Message, judged: Judged, of: readonly number[]): Promise<Undo> {
    const { quarantine } = this.#parts;
    const { recipients } = message.envelope;
    const part = partOf(message, judged, of);
    const kept = of.map((index) => ({ recipient: recipients[index]!, judgement: judged.judgements[index]! }));
    await quarantine.keep(part, kept);
    this.#note('quarantined', part, judged, of);
    return () => quarantine.drop(message.id);
  }

  async #hold(message: Message, judged: Judged, of: readonly number[]): Promise<Reply | Undo> {
    const { nextId, hold, records } = this.#parts;
    const part = partOf(message, judged, of);
    // The part that goes on has the id that the client is told.
    const id = of.length === message.envelope.recipients.length ? message.id : nextId();
    const { usage } = judged.facts.learnt;
    const bySubmitter = usage?.kind === 'known' && usage.value.held !== undefined;
    const held = await hold({ ...part, id }, judged.verdicts[of[0]!]!.reason, bySubmitter);
    if (typeof held === 'function')
      records.event({
        id: message.id,
        event: 'held',
        recipients: part.envelope.recipients.map(({ address }) => address),
        ...(id !== message.id && { entry: id }),
      });
    return held;
  }

  /** What cannot be taken back may come twice, but is not lost. */
  async #takeBack({ id }: Message, undo: readonly Undo[]): Promise<void> {
    for (const step of undo)
      await step().catch((error: unknown) => this.#parts.log.error('spool.fault', { id, err: error }));
  }

  #note(what: string, message: Message, { verdicts }: Judged, of: readonly number[]): void {
    this.#parts.log.info(`message.${what}`, { ...summaryOf(message), reason: verdicts[of[0]!]!.reason });
  }

  /** What would have been done. */
  #noteObserved(message: Message, judged: Judged): void {
    const { judgements, verdicts } = judged;
    const index = judgements.findIndex(({ verdict }, i) => verdict.kind !== verdicts[i]!.kind);
    const wouldBe = judgements[index];
    if (wouldBe)
      this.#parts.log.info('message.observed', {
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
