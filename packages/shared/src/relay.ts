/**
 * Mail from the internet, at the end of DATA: offered to the local servers while its client waits, and queued for
 * the recipients that must wait. The local server's word becomes ours, so nothing is stored that is not needed and
 * nobody is bounced who could have been refused.
 */
import type { Attempts, Group } from './attempt.ts';
import type { Dispatcher } from './dispatch.ts';
import { asQueued, entryOf, summaryOf, versionsOf, type Message } from './message.ts';
import type { Entry, RecipientState } from './values/entry.ts';
import type { Spool } from './queue/spool.ts';
import type { Recipients } from './recipients/recipients.ts';
import type { Records } from './recording.ts';
import type { Notice } from './settle/notice.ts';
import { foretell, settleRelay, type RelaySettlement } from './settle/settle-relay.ts';
import type { Clock } from './system/clock.ts';
import { failpoints } from './system/failpoint.ts';
import type { Log } from './system/log.ts';
import type { Metrics } from './system/metrics.ts';
import type { DomainSettings } from './system/settings/hosts.ts';
import type { Settings } from './system/settings.ts';
import { domainOf, isPostmaster } from './values/address.ts';
import type { Body } from './values/body.ts';
import type { Recipient } from './values/envelope.ts';
import type { Outcome } from './values/outcome.ts';
import { isPermanent, isPositive, replies, type Reply } from './values/reply.ts';

export interface RelayParts {
  settings(): Settings;
  readonly attempts: Attempts;
  readonly recipients: Recipients;
  readonly spool: Spool;
  readonly dispatcher: Dispatcher;
  readonly nextId: () => string;
  /** When a recipient that was deferred `attempts` times is due again. */
  retryAt(attempts: number): number;
  /** Composes the DSN for a notice and queues it. Resolves when it is on disk. */
  notify(entry: Entry, notice: Notice, body: () => Promise<Body>): Promise<Entry>;
  /** The hosted domain of that name. */
  hosted(domain: string): DomainSettings | undefined;
  readonly records: Pick<Records, 'event'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** @returns a function that gives the reply to the final dot. It rejects when the spool does, and nothing is stored. */
export function createRelay(parts: RelayParts): (message: Message) => Promise<Reply> {
  const { attempts, recipients, spool, dispatcher, log, metrics } = parts;

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
        const offered = await offer(group, version, outcomes.length === 0, early);
        if (offered === 'recipients-changed') {
          log.info('message.deferred', { ...summaryOf(message), reason: 'a recipient is no longer valid' });
          return replies.recipientsChanged;
        }
        outcomes.push(...offered);
      }
    }
    if (failpoints) await failpoints.pass('relay.answered');
    return conclude(message, outcomes, early);
  };

  /** One group of recipients to its local servers; recipients that must wait are put on disk first, as `early`. */
  async function offer(
    { route, recipients: to }: Group<Recipient>,
    message: Message,
    isFirst: boolean,
    early: Entry[],
  ): Promise<Outcome[] | 'recipients-changed'> {
    const { envelope, head, body } = message;
    let changed = false;
    const proceed = async (answers: readonly Reply[]): Promise<boolean> => {
      const gone = to.filter(({ address }, i) => recipients.heard(address, answers[i]!));
      // Sent again, the message meets a refusal at RCPT: nobody is bounced.
      changed = isFirst && gone.length > 0 && gone.length === answers.filter(isPermanent).length;
      if (changed) return false;
      const waiting = to.filter((_, i) => !isPositive(answers[i]!) && !isPermanent(answers[i]!));
      if (waiting.length > 0) early.push(await queueEarly(message, waiting));
      if (failpoints && waiting.length > 0) await failpoints.pass('relay.waiting-stored');
      return true;
    };
    const { relayTimeoutMs } = parts.settings().send;
    const outgoing = { ...envelope, recipients: to, head, body };
    const outcomes = await attempts.attempt(route, outgoing, { proceed, timeoutMs: relayTimeoutMs });
    return changed ? 'recipients-changed' : outcomes;
  }

  /**
   * On disk before the others' message is sent: were there no room later, the client would have to send again and
   * the others would get it twice.
   */
  async function queueEarly(message: Message, waiting: readonly Recipient[]): Promise<Entry> {
    const at = parts.retryAt(1);
    const states = waiting.map((recipient) => asQueued(recipient, at));
    const entry = entryOf({ ...message, id: parts.nextId() }, states, parts.settings().queue.expireMs);
    await spool.add(entry, message.body);
    noteQueued(message, entry);
    return entry;
  }

  /** Under another id than the client was told. */
  function noteQueued({ id }: Message, entry: Entry): void {
    parts.records.event({
      id,
      event: 'queued',
      recipients: entry.recipients.map(({ address }) => address),
      entry: entry.id,
    });
  }

  async function conclude(
    message: Message,
    outcomes: readonly Outcome[],
    early: readonly Entry[],
  ): Promise<Reply> {
    const settlement = settleRelay({ id: message.id, outcomes, isKnownValid });
    const accepted = isPositive(settlement.reply);
    const stored = settlement.queue.length + settlement.bounce.length + early.length > 0;
    if (stored && accepted) await keep(message, settlement, early);
    else for (const entry of early) await spool.remove(entry.id);
    message.outcomes.push(...outcomes);
    for (const outcome of outcomes) {
      metrics.outcome(outcome.kind);
      learn(outcome);
    }
    const asking = accepted ? receiptsOwed(message, outcomes) : [];
    if (asking.length > 0) await confirm(message, asking);
    const event = accepted ? (settlement.queue.length > 0 ? 'queued' : 'relayed') : 'refused';
    log.info(`message.${event}`, { ...summaryOf(message), outcomes });
    return settlement.reply;
  }

  async function keep(
    message: Message,
    { queue, bounce }: RelaySettlement,
    early: readonly Entry[],
  ): Promise<void> {
    const done = new Set(early.flatMap((entry) => entry.recipients.map(({ address }) => address)));
    const waiting = queue.filter(({ recipient }) => !done.has(recipient));
    const stored = waiting.length > 0 || bounce.length > 0 ? await store(message, waiting, bounce) : [];
    if (failpoints && stored.length > 0) await failpoints.pass('relay.stored');
    for (const { entry, body } of stored) {
      const isOfIt = ({ recipient }: Outcome): boolean =>
        entry.recipients.some(({ address }) => address === recipient);
      dispatcher.settle(entry, bounce.filter(isOfIt), body);
    }
    for (const entry of early) dispatcher.wake(entry);
  }

  /** An entry for each version of it, all or none. */
  async function store(
    message: Message,
    waiting: readonly Outcome[],
    bounce: readonly Outcome[],
  ): Promise<{ readonly entry: Entry; readonly body: Body }[]> {
    const stored: { readonly entry: Entry; readonly body: Body }[] = [];
    const at = parts.retryAt(1);
    try {
      for (const version of versionsOf(message)) {
        const isOfIt = ({ recipient }: Outcome): boolean =>
          version.envelope.recipients.some(({ address }) => address === recipient);
        const states = [
          ...waiting.filter(isOfIt).map((outcome) => stateAfter(version, outcome, at)),
          ...bounce
            .filter(isOfIt)
            .map(({ recipient }) => asQueued(recipientOf(version, recipient), message.receivedAt)),
        ];
        if (states.length === 0) continue;
        const id = stored.length === 0 ? message.id : parts.nextId();
        const entry = entryOf({ ...version, id }, states, parts.settings().queue.expireMs);
        await spool.add(entry, version.body);
        stored.push({ entry, body: version.body });
      }
    } catch (error) {
      for (const { entry } of stored) await spool.remove(entry.id);
      throw error;
    }
    for (const { entry } of stored.slice(1)) noteQueued(message, entry);
    return stored;
  }

  /** Only the answer to RCPT speaks of the mailbox: a 550 after the message may be about what is in it. */
  function learn({ kind, stage, recipient, reply }: Outcome): void {
    if (kind === 'relayed' || stage === 'rcpt') recipients.heard(recipient, reply);
  }

  /** Recipients whose sender asked NOTIFY=SUCCESS, where the local server will not tell him (RFC 3461 §5.2.2). */
  function receiptsOwed(message: Message, outcomes: readonly Outcome[]): readonly Outcome[] {
    if (message.envelope.reversePath === '') return [];
    return outcomes.filter(
      ({ kind, dsn, recipient }) =>
        kind === 'relayed' && !dsn && recipientOf(message, recipient).notify?.includes('success'),
    );
  }

  async function confirm(message: Message, outcomes: readonly Outcome[]): Promise<void> {
    const { reversePath } = message.envelope;
    const states = outcomes.map((outcome) => ({
      ...stateAfter(message, outcome, 0),
      status: 'relayed' as const,
    }));
    const about = entryOf(message, states, parts.settings().queue.expireMs);
    try {
      const dsn = await parts.notify(about, { kind: 'relayed', recipients: states }, () =>
        Promise.resolve(message.body),
      );
      dispatcher.wake(dsn);
      log.info('dsn.queued', { id: message.id, dsn: dsn.id, kind: 'relayed', to: reversePath });
    } catch (error) {
      log.error('dsn.fault', { id: message.id, kind: 'relayed', err: error });
    }
  }

  function stateAfter(message: Message, { recipient, reply, host }: Outcome, at: number): RecipientState {
    const last = { reply, at: parts.clock.now(), ...(host === undefined ? {} : { host }) };
    return { ...asQueued(recipientOf(message, recipient), at), attempts: 1, last };
  }

  function isKnownValid(recipient: string): boolean {
    const domain = parts.hosted(domainOf(recipient));
    return domain !== undefined && (isPostmaster(recipient) || recipients.isKnownValid(domain, recipient));
  }
}

const recipientOf = ({ envelope }: Message, address: string): Recipient =>
  envelope.recipients.find((recipient) => recipient.address === address)!;
