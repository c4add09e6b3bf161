/**
 * relay → settle: DSNs for mail that was relayed in line, to senders who asked NOTIFY=SUCCESS, where the local server will
 * not tell them itself (RFC 3461 §5.2.2).
 */
import type { Dispatcher } from '../dispatch/dispatch.ts';
import { entryOf, recipientOf, stateAfter, type Message } from '../values/message.ts';
import type { Notice } from '../settle/notice.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import type { Settings } from '../system/settings.ts';
import type { Body } from '../values/body.ts';
import type { Entry } from '../values/entry.ts';
import type { Outcome } from '../values/outcome.ts';

export interface ReceiptParts {
  settings(): Settings;
  /** Composes the DSN for a notice and queues it. Resolves when it is on disk. */
  notify(entry: Entry, notice: Notice, body: () => Promise<Body>): Promise<Entry>;
  readonly dispatcher: Pick<Dispatcher, 'wake'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * @returns a function that gives a promise where a receipt is owed; it never rejects: that mail was delivered is true, whether
 * its sender hears of it or not
 */
export function createReceipts(
  parts: ReceiptParts,
): (message: Message, outcomes: readonly Outcome[]) => Promise<void> | undefined {
  const { dispatcher, clock, log } = parts;

  return (message, outcomes) => {
    const owed = receiptsOwed(message, outcomes);
    return owed.length === 0 ? undefined : confirm(message, owed);
  };

  async function confirm(message: Message, owed: readonly Outcome[]): Promise<void> {
    const { id, body, envelope } = message;
    const states = owed.map((outcome) => ({
      ...stateAfter(message, outcome, 0, clock.now()),
      status: 'relayed' as const,
    }));
    const about = entryOf(message, states, parts.settings().queue.expireMs);
    try {
      const dsn = await parts.notify(about, { kind: 'relayed', recipients: states }, () =>
        Promise.resolve(body),
      );
      dispatcher.wake(dsn);
      log.info('dsn.queued', { id, dsn: dsn.id, kind: 'relayed', to: envelope.reversePath });
    } catch (error) {
      log.error('dsn.fault', { id, kind: 'relayed', err: error });
    }
  }
}

function receiptsOwed(message: Message, outcomes: readonly Outcome[]): readonly Outcome[] {
  if (message.envelope.reversePath === '') return [];
  return outcomes.filter(
    ({ kind, dsn, recipient }) =>
      kind === 'relayed' && !dsn && recipientOf(message, recipient).notify?.includes('success'),
  );
}
