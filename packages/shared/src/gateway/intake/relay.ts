/**
 * Mail from the internet, at the end of DATA: offered to the local servers while its client waits, and queued for
 * the recipients that must wait. What the local server answers is answered to the client, with its codes and our words, so nothing
 * is stored that is not needed and nobody is bounced who could have been refused.
 */
import type { Attempts } from '../dispatch/attempt.ts';
import type { Dispatcher } from '../dispatch/dispatch.ts';
import { foretell, settleRelay, type RelaySettlement } from '../settle/settle-relay.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Entry } from '../../platform/values/entry.ts';
import { summaryOf, versionsOf, type Message } from '../../filter/contract/message.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { isPositive, replies, type Reply } from '../../platform/values/reply.ts';
import { Consent, type ConsentParts } from './consent.ts';
import { HostedRecipients, type HostedRecipientsParts } from './hosted-recipients.ts';
import { createWaitingRoom, type WaitingRoom, type WaitingRoomParts } from './waiting-room.ts';

export interface RelayParts extends WaitingRoomParts, HostedRecipientsParts {
  readonly attempts: Pick<Attempts, 'groups' | 'attempt'>;
  readonly dispatcher: Pick<Dispatcher, 'settle' | 'wake'>;
  readonly log: Log;
  readonly metrics: Metrics;
}

export class Relay {
  readonly #parts: RelayParts;
  readonly #hosted: HostedRecipients;
  readonly #waitingRoom: WaitingRoom;
  readonly #consent: ConsentParts;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#hosted = new HostedRecipients(parts);
    this.#waitingRoom = createWaitingRoom(parts);
    this.#consent = { hosted: this.#hosted, waitingRoom: this.#waitingRoom };
  }

  /** @returns the reply to the final dot. Rejects when the spool does, and nothing is stored. */
  async take(message: Message): Promise<Reply> {
    const outcomes: Outcome[] = [];
    const early: Entry[] = [];
    const isOffered = await this.#offer(message, outcomes, early);
    if (!isOffered) {
      const reason = 'a recipient is no longer valid';
      this.#parts.log.info('message.deferred', { ...summaryOf(message), reason });
      return replies.recipientsChanged;
    }
    if (failpoints) await failpoints.pass('relay.answered');
    const isKnownValid = (recipient: string): boolean => this.#hosted.isKnownValid(recipient);
    const settlement = settleRelay({ id: message.id, outcomes, isKnownValid });
    const stored = settlement.queue.length + settlement.bounce.length + early.length > 0;
    if (stored) await this.#store(message, settlement, early);
    return this.#conclude(message, outcomes, settlement);
  }

  /**
   * To the local servers of each of its versions.
   * @returns false when recipients have changed, so that it has to be sent again
   */
  async #offer(message: Message, outcomes: Outcome[], early: Entry[]): Promise<boolean> {
    const { attempts, settings } = this.#parts;
    for (const version of versionsOf(message)) {
      const { envelope, head, body } = version;
      const known = foretell(envelope.recipients, outcomes);
      if (known) {
        outcomes.push(...known);
        return true;
      }
      for (const { route, recipients } of attempts.groups(envelope.recipients)) {
        const consent = new Consent(this.#consent, version, recipients, outcomes.length === 0, early);
        const offered = await attempts.attempt(
          route,
          { ...envelope, recipients, head, body },
          { proceed: consent.proceed, timeoutMs: settings().send.relayTimeoutMs },
        );
        if (consent.haveChanged) return false;
        outcomes.push(...offered);
      }
    }
    return true;
  }

  /** What waits is on disk when this resolves; of a message that is refused after all, nothing is. */
  async #store(
    message: Message,
    { reply, queue, bounce }: RelaySettlement,
    early: readonly Entry[],
  ): Promise<void> {
    const { spool, dispatcher } = this.#parts;
    if (!isPositive(reply)) {
      for (const entry of early) await spool.remove(entry.id);
      return;
    }
    const done = new Set(early.flatMap((entry) => entry.recipients.map(({ address }) => address)));
    const waiting = queue.filter(({ recipient }) => !done.has(recipient));
    const stored =
      waiting.length > 0 || bounce.length > 0 ? await this.#waitingRoom.store(message, waiting, bounce) : [];
    if (failpoints && stored.length > 0) await failpoints.pass('relay.stored');
    for (const { entry, body } of stored) {
      const isOfIt = ({ recipient }: Outcome): boolean =>
        entry.recipients.some(({ address }) => address === recipient);
      dispatcher.settle(entry, bounce.filter(isOfIt), body);
    }
    for (const entry of early) dispatcher.wake(entry);
  }

  #conclude(message: Message, outcomes: readonly Outcome[], { reply, queue }: RelaySettlement): Reply {
    const { log, metrics } = this.#parts;
    const accepted = isPositive(reply);
    message.outcomes.push(...outcomes);
    for (const outcome of outcomes) metrics.outcome(outcome.kind);
    this.#hosted.learn(outcomes);
    const event = accepted ? (queue.length > 0 ? 'queued' : 'relayed') : 'refused';
    log.info(`message.${event}`, { ...summaryOf(message), outcomes });
    return reply;
  }
}
