/**
 * Mail from the internet, at the end of DATA: offered to the local servers while its client waits, and queued for
 * the recipients that must wait. What the local server answers is answered to the client, with its codes and our words, so nothing
 * is stored that is not needed and nobody is bounced who could have been refused.
 */
import type { Attempts, Group } from '../dispatch/attempt.ts';
import type { Dispatcher } from '../dispatch/dispatch.ts';
import type { Recipients } from '../../directory/recipients/recipients.ts';
import { foretell, settleRelay, type RelaySettlement } from '../settle/settle-relay.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { DomainSettings } from '../../config/settings/hosts.ts';
import { domainOf, isPostmaster } from '../../platform/values/address.ts';
import type { Entry } from '../../platform/values/entry.ts';
import type { Recipient } from '../../platform/values/envelope.ts';
import { summaryOf, versionsOf, type Message } from '../../filter/contract/message.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { isPermanent, isPositive, replies, type Reply } from '../../platform/values/reply.ts';
import { createWaitingRoom, type WaitingRoomParts } from './waiting-room.ts';

export interface RelayParts extends WaitingRoomParts {
  readonly attempts: Attempts;
  readonly recipients: Recipients;
  readonly dispatcher: Dispatcher;
  /** The hosted domain of that name. */
  hosted(domain: string): DomainSettings | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
}

interface Consent {
  /** Recipients that were known are gone: it is not to be sent. */
  haveChanged: boolean;
  proceed(answers: readonly Reply[]): Promise<boolean>;
}

/** @returns a function that gives the reply to the final dot. It rejects when the spool does, and nothing is stored. */
export function createRelay(parts: RelayParts): (message: Message) => Promise<Reply> {
  const { attempts, recipients, spool, dispatcher, log, metrics } = parts;
  const waitingRoom = createWaitingRoom(parts);

  return async (message) => {
    const outcomes: Outcome[] = [];
    const early: Entry[] = [];
    for (const version of versionsOf(message)) {
      const known = foretell(version.envelope.recipients, outcomes);
      if (known) {
        outcomes.push(...known);
        break;
      }
      for (const group of attempts.groups(version.envelope.recipients)) {
        const { envelope, head, body } = version;
        const outgoing = { ...envelope, recipients: group.recipients, head, body };
        const consent = consentFor(group, version, outcomes.length === 0, early);
        const offered = await attempts.attempt(group.route, outgoing, {
          proceed: consent.proceed,
          timeoutMs: parts.settings().send.relayTimeoutMs,
        });
        if (consent.haveChanged) {
          log.info('message.deferred', { ...summaryOf(message), reason: 'a recipient is no longer valid' });
          return replies.recipientsChanged;
        }
        outcomes.push(...offered);
      }
    }
    if (failpoints) await failpoints.pass('relay.answered');
    const settlement = settleRelay({ id: message.id, outcomes, isKnownValid });
    const stored = settlement.queue.length + settlement.bounce.length + early.length > 0;
    if (stored) await store(message, settlement, early);
    return conclude(message, outcomes, settlement);
  };

  /** What a local server is told that took only some of its recipients; those that must wait are put on disk first. */
  function consentFor(
    { recipients: to }: Group<Recipient>,
    message: Message,
    isFirst: boolean,
    early: Entry[],
  ): Consent {
    const consent: Consent = {
      haveChanged: false,
      async proceed(answers) {
        to.forEach(({ address }, i) => isPositive(answers[i]!) && recipients.taken(address));
        const refused = to.flatMap(({ address }, i) =>
          isPermanent(answers[i]!) ? [{ recipient: address, reply: answers[i]! }] : [],
        );
        // Sent again, the message meets a refusal at RCPT: nobody is bounced.
        consent.haveChanged = isFirst && (await areGone(refused));
        if (consent.haveChanged) return false;
        const waiting = to.filter((_, i) => !isPositive(answers[i]!) && !isPermanent(answers[i]!));
        if (waiting.length > 0) early.push(await waitingRoom.storeEarly(message, waiting));
        if (failpoints && waiting.length > 0) await failpoints.pass('relay.waiting-stored');
        return true;
      },
    };
    return consent;
  }

  function conclude(
    message: Message,
    outcomes: readonly Outcome[],
    { reply, queue }: RelaySettlement,
  ): Reply {
    const accepted = isPositive(reply);
    message.outcomes.push(...outcomes);
    for (const outcome of outcomes) metrics.outcome(outcome.kind);
    learn(outcomes);
    const event = accepted ? (queue.length > 0 ? 'queued' : 'relayed') : 'refused';
    log.info(`message.${event}`, { ...summaryOf(message), outcomes });
    return reply;
  }

  /** What waits is on disk when this resolves; of a message that is refused after all, nothing is. */
  async function store(
    message: Message,
    { reply, queue, bounce }: RelaySettlement,
    early: readonly Entry[],
  ): Promise<void> {
    if (!isPositive(reply)) {
      for (const entry of early) await spool.remove(entry.id);
      return;
    }
    const done = new Set(early.flatMap((entry) => entry.recipients.map(({ address }) => address)));
    const waiting = queue.filter(({ recipient }) => !done.has(recipient));
    const stored =
      waiting.length > 0 || bounce.length > 0 ? await waitingRoom.store(message, waiting, bounce) : [];
    if (failpoints && stored.length > 0) await failpoints.pass('relay.stored');
    for (const { entry, body } of stored) {
      const isOfIt = ({ recipient }: Outcome): boolean =>
        entry.recipients.some(({ address }) => address === recipient);
      dispatcher.settle(entry, bounce.filter(isOfIt), body);
    }
    for (const entry of early) dispatcher.wake(entry);
  }

  /** Only the answer to RCPT speaks of the mailbox: a 550 after the message may be about what is in it. */
  function learn(outcomes: readonly Outcome[]): void {
    for (const { kind, recipient } of outcomes) if (kind === 'relayed') recipients.taken(recipient);
    const refused = outcomes.filter(({ kind, stage }) => kind === 'bounced' && stage === 'rcpt');
    if (refused.length > 0) void areGone(refused);
  }

  /** Whether none of them exists any more. One after the other, no further than the first that does: a message causes few call-forwards. */
  async function areGone(refused: readonly Pick<Outcome, 'recipient' | 'reply'>[]): Promise<boolean> {
    for (const { recipient, reply } of refused) {
      const domain = parts.hosted(domainOf(recipient));
      if (!domain || !(await recipients.refused(domain, recipient, reply))) return false;
    }
    return refused.length > 0;
  }

  function isKnownValid(recipient: string): boolean {
    const domain = parts.hosted(domainOf(recipient));
    return domain !== undefined && (isPostmaster(recipient) || recipients.isKnownValid(domain, recipient));
  }
}
