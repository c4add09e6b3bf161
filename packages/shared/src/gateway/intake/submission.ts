/**
 * Mail of our submitters, at the end of DATA: on disk first, then 250, then attempted at once from memory. What is held
 * is on disk too, and no attempt is made until the operator lets it go: the submitter is told 250, nothing is bounced.
 */
import type { Dispatcher } from '../dispatch/dispatch.ts';
import { asQueued, entryOf, summaryOf, type Message } from '../../filter/contract/message.ts';
import type { Spool } from '../../spool/store/spool.ts';
import type { Signing } from '../sign/signing.ts';
import type { Ledger } from '../../directory/submitters/ledger.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Settings } from '../../config/settings.ts';
import { released, type Entry } from '../../platform/values/entry.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';

export interface SubmissionParts {
  settings(): Settings;
  readonly spool: Pick<Spool, 'add' | 'remove'>;
  readonly dispatcher: Pick<Dispatcher, 'offer' | 'change'>;
  readonly signing: Pick<Signing, 'submitted'>;
  readonly ledger: Pick<Ledger, 'heldFor'>;
  readonly clock: Clock;
  /** So long a message waited for signature and disk. */
  waited(ms: number): void;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'held'>;
}

export interface Submission {
  send(message: Message): Promise<Reply>;
  /**
   * @param bySubmitter held for who sent it, so that it goes when the submitter is released
   * @returns what takes it back; a reply where it is not taken
   */
  hold(message: Message, reason: string, bySubmitter: boolean): Promise<Reply | (() => Promise<void>)>;
}

/** Both reject when the spool does, and nothing is stored. */
export function createSubmission(parts: SubmissionParts): Submission {
  const { spool, dispatcher, log } = parts;

  /** A reply where it may not leave unsigned. */
  async function entryFor(received: Message): Promise<Entry | Reply> {
    const { id, receivedAt: at, head: unsigned, body } = received;
    const head = await parts.signing.submitted({ id, at, head: unsigned, body });
    if (typeof head !== 'string') return head;
    const message = { ...received, head };
    const states = message.envelope.recipients.map((recipient) => asQueued(recipient, message.receivedAt));
    return entryOf(message, states, parts.settings().queue.expireMs);
  }

  return {
    async send(message) {
      const begunAt = parts.clock.now();
      const entry = await entryFor(message);
      if ('code' in entry) return entry;
      await spool.add(entry, message.body);
      if (failpoints) await failpoints.pass('submission.stored');
      parts.waited(parts.clock.now() - begunAt);
      log.info('message.queued', summaryOf(message));
      dispatcher.offer(entry, message.body);
      return replies.queued(message.id);
    },
    async hold(message, reason, bySubmitter) {
      const { submitter } = message;
      const waiting = await entryFor(message);
      if ('code' in waiting) return waiting;
      const entry = { ...waiting, held: true, heldFor: reason };
      await spool.add(entry, message.body);
      parts.metrics.held();
      log.warn('message.held', { ...summaryOf(message), submitter, reason });
      // The submitter was released while this was on its way to the disk.
      if (bySubmitter && submitter !== undefined && !parts.ledger.heldFor(submitter))
        await dispatcher.change(entry.id, (held) => released(held, message.receivedAt));
      return () => spool.remove(entry.id);
    },
  };
}
