/**
 * settle: what an attempt was answered becomes the entry's next state, and notices to its sender.
 *
 * A notice is on disk before the state that it speaks of. One that cannot be queued is a fault of this host: the
 * recipients that were to be bounced stay in the queue, and the outcomes of all others count.
 */
import type { Records } from '../../filter/pipeline/recording.ts';
import type { Route } from '../../smtp/route/route.ts';
import type { Notice } from '../settle/notice.ts';
import { settleAttempt, type Settlement } from '../settle/settle.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Settings } from '../../config/settings.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Entry } from '../../platform/values/entry.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { isPlainRefusal, replies, saysNoMailbox } from '../../platform/values/reply.ts';
import { destinationOf } from './attempt.ts';
import type { Claim } from './entry-claims.ts';

export interface SettlingParts {
  settings(): Settings;
  /** Composes the DSN for a notice and queues it. Resolves when it is on disk. */
  notify(entry: Entry, notice: Notice, body: () => Promise<Body>): Promise<Entry>;
  /** When a recipient that was deferred `attempts` times is due again. */
  retryAt(attempts: number, local: boolean): number;
  /** Told of the submitter of a message for a recipient that does not exist. */
  onUnknownRecipient?(submitter: string): void;
  /** Told of the DSN that `notify` queued. */
  queued(dsn: Entry): void;
  readonly records: Pick<Records, 'outcomes'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Answered {
  /** The route of the attempt; null when the outcomes were learnt elsewhere. */
  readonly route: Route | null;
  readonly outcomes: readonly Outcome[];
  readonly body: Body;
}

/** @returns a function that resolves when notices and state are on disk */
export function createSettling(parts: SettlingParts): (claim: Claim, answered: Answered) => Promise<void> {
  const { clock, log, metrics } = parts;

  async function next(entry: Entry, { route, outcomes, body }: Answered): Promise<Entry | null> {
    const retryAt = onceEach((count) => parts.retryAt(count, route?.kind === 'local'));
    const settled = (counted: readonly Outcome[], warnAfterMs: number): Settlement =>
      settleAttempt({
        entry,
        outcomes: counted,
        now: clock.now(),
        retryAt,
        takesDsn: ({ dsn }) => dsn === true,
        queue: { warnAfterMs },
      });
    const settlement = settled(outcomes, parts.settings().queue.warnAfterMs);
    const unsaid = await say(entry, settlement.notices, body);
    if (unsaid.length === 0) return settlement.next;
    const open = new Set(unsaid.filter(({ kind }) => kind === 'failed').flatMap(addressesOf));
    const counted = outcomes.map((outcome) => (open.has(outcome.recipient) ? asOurFault(outcome) : outcome));
    return settled(counted, Infinity).next;
  }

  /** @returns the notices that could not be queued */
  async function say(entry: Entry, notices: readonly Notice[], body: Body): Promise<Notice[]> {
    const unsaid: Notice[] = [];
    for (const notice of notices)
      try {
        const dsn = await parts.notify(entry, notice, () => Promise.resolve(body));
        if (failpoints) await failpoints.pass('settle.notice-stored');
        metrics.dsn(notice.kind);
        log.info('dsn.queued', { id: entry.id, dsn: dsn.id, kind: notice.kind, to: entry.reversePath });
        parts.queued(dsn);
      } catch (error) {
        const { kind } = notice;
        log.error('dsn.fault', { id: entry.id, kind, recipients: addressesOf(notice), err: error });
        unsaid.push(notice);
      }
    return unsaid;
  }

  function record(id: string, outcome: Outcome, route: Route | null): void {
    const { kind, ...fields } = outcome;
    metrics.outcome(kind);
    log.info(`recipient.${kind}`, { id, ...fields, ...(route && { route: destinationOf(route) }) });
  }

  return async (claim, answered) => {
    const submitter = claim.entry?.origin.submitter;
    for (const outcome of answered.outcomes) {
      record(claim.id, outcome, answered.route);
      if (submitter !== undefined && saysUnknown(outcome)) parts.onUnknownRecipient?.(submitter);
    }
    if (answered.route) parts.records.outcomes(claim.id, answered.outcomes);
    await claim.change((entry) => next(entry, answered));
    if (failpoints) await failpoints.pass('settle.stored');
  };
}

/** Recipients that were deferred together come back together, in one transaction. */
function onceEach(timeOf: (attempts: number) => number): (attempts: number) => number {
  const times = new Map<number, number>();
  return (attempts) => {
    const time = times.get(attempts) ?? timeOf(attempts);
    times.set(attempts, time);
    return time;
  };
}

const addressesOf = ({ recipients }: Notice): string[] => recipients.map(({ address }) => address);

/** By its code, or refused at RCPT without one that says otherwise. */
const saysUnknown = ({ kind, stage, reply }: Outcome): boolean =>
  kind === 'bounced' && (saysNoMailbox(reply) || (stage === 'rcpt' && isPlainRefusal(reply)));

/** A deferral that no expiry turns into a bounce. */
const asOurFault = ({ recipient }: Outcome): Outcome => ({
  recipient,
  kind: 'deferred',
  reply: replies.localFault,
});
