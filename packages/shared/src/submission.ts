/**
 * Mail of our submitters, at the end of DATA: on disk first, then 250, then attempted at once from memory. What is held
 * is on disk too, and no attempt is made until the operator lets it go: the submitter is told 250, nothing is bounced.
 */
import type { Dispatcher } from './dispatch.ts';
import { asQueued, entryOf, summaryOf, type Message } from './message.ts';
import type { Spool } from './queue/spool.ts';
import type { Ledger } from './submitters/ledger.ts';
import type { Log } from './system/log.ts';
import type { Metrics } from './system/metrics.ts';
import type { Settings } from './system/settings.ts';
import { released, type Entry } from './values/entry.ts';
import type { Learnt } from './values/facts.ts';
import { replies, type Reply } from './values/reply.ts';

export interface SubmissionParts {
  settings(): Settings;
  readonly spool: Pick<Spool, 'add'>;
  readonly dispatcher: Pick<Dispatcher, 'offer' | 'change'>;
  readonly ledger: Pick<Ledger, 'heldFor'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'held'>;
}

export interface Submission {
  send(message: Message, learnt: Learnt): Promise<Reply>;
  hold(message: Message, learnt: Learnt, reason: string): Promise<Reply>;
}

/** Both reject when the spool does, and nothing is stored. */
export function createSubmission(parts: SubmissionParts): Submission {
  const { spool, dispatcher, log } = parts;

  function entryFor(message: Message, learnt: Learnt): Entry {
    const states = message.envelope.recipients.map((recipient) => asQueued(recipient, message.receivedAt));
    const entry = entryOf(message, states, parts.settings().queue.expireMs);
    const { submitter } = learnt;
    return submitter?.kind === 'known'
      ? { ...entry, origin: { ...entry.origin, submitter: submitter.value.name } }
      : entry;
  }

  return {
    async send(message, learnt) {
      const entry = entryFor(message, learnt);
      await spool.add(entry, message.body);
      log.info('message.queued', summaryOf(message));
      dispatcher.offer(entry, message.body);
      return replies.queued(message.id);
    },
    async hold(message, learnt, reason) {
      const entry = { ...entryFor(message, learnt), held: true, heldFor: reason };
      await spool.add(entry, message.body);
      parts.metrics.held();
      log.warn('message.held', { ...summaryOf(message), submitter: entry.origin.submitter, reason });
      const { usage } = learnt;
      // Its submitter was released while this was on its way to the disk.
      if (usage?.kind === 'known' && usage.value.held && !parts.ledger.heldFor(usage.value.name))
        await dispatcher.change(entry.id, (held) => released(held, message.receivedAt));
      return replies.queued(message.id);
    },
  };
}
