/**
 * relay → queue: what is stored of a message from the internet for those of its recipients that must wait, or are bounced
 * after others had it.
 */
import {
  asQueued,
  entryOf,
  recipientOf,
  stateAfter,
  versionsOf,
  type Message,
} from '../../filter/contract/message.ts';
import type { Spool } from '../../spool/store/spool.ts';
import type { Records } from '../../filter/pipeline/recording.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Recipient } from '../../platform/values/envelope.ts';
import type { Entry } from '../../platform/values/entry.ts';
import type { Outcome } from '../../platform/values/outcome.ts';

export interface WaitingRoomParts {
  settings(): Settings;
  readonly spool: Spool;
  readonly nextId: () => string;
  /** When a recipient that was deferred `attempts` times is due again. */
  retryAt(attempts: number): number;
  readonly records: Pick<Records, 'event'>;
  readonly clock: Clock;
}

export interface Stored {
  readonly entry: Entry;
  readonly body: Body;
}

export interface WaitingRoom {
  /**
   * On disk before the others' message is sent: were there no room later, the client would have to send again and
   * the others would get it twice.
   */
  storeEarly(message: Message, waiting: readonly Recipient[]): Promise<Entry>;
  /** An entry for each version of it, all or none. */
  store(message: Message, waiting: readonly Outcome[], bounce: readonly Outcome[]): Promise<Stored[]>;
}

export function createWaitingRoom(parts: WaitingRoomParts): WaitingRoom {
  const { spool, clock } = parts;
  const expireMs = (): number => parts.settings().queue.expireMs;

  /** Under another id than the client was told. */
  const noteQueued = ({ id }: Message, entry: Entry): void =>
    parts.records.event({
      id,
      event: 'queued',
      recipients: entry.recipients.map(({ address }) => address),
      entry: entry.id,
    });

  return {
    async storeEarly(message, waiting) {
      const at = parts.retryAt(1);
      const states = waiting.map((recipient) => asQueued(recipient, at));
      const entry = entryOf({ ...message, id: parts.nextId() }, states, expireMs());
      await spool.add(entry, message.body);
      noteQueued(message, entry);
      return entry;
    },

    async store(message, waiting, bounce) {
      const stored: Stored[] = [];
      const at = parts.retryAt(1);
      try {
        for (const version of versionsOf(message)) {
          const isOfIt = ({ recipient }: Outcome): boolean =>
            version.envelope.recipients.some(({ address }) => address === recipient);
          const states = [
            ...waiting.filter(isOfIt).map((outcome) => stateAfter(version, outcome, at, clock.now())),
            ...bounce
              .filter(isOfIt)
              .map(({ recipient }) => asQueued(recipientOf(version, recipient), message.receivedAt)),
          ];
          if (states.length === 0) continue;
          const id = stored.length === 0 ? message.id : parts.nextId();
          const entry = entryOf({ ...version, id }, states, expireMs());
          await spool.add(entry, version.body);
          stored.push({ entry, body: version.body });
        }
      } catch (error) {
        for (const { entry } of stored) await spool.remove(entry.id);
        throw error;
      }
      for (const { entry } of stored.slice(1)) noteQueued(message, entry);
      return stored;
    },
  };
}
