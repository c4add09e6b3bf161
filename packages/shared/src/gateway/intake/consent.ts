/**
 * What a local server is told that took only some of the recipients of a message, before the message is sent to them:
 * those that must wait are put on disk first.
 */
import type { Message } from '../../filter/contract/message.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { Entry } from '../../platform/values/entry.ts';
import type { Recipient } from '../../platform/values/envelope.ts';
import { isPermanent, isPositive, type Reply } from '../../platform/values/reply.ts';
import type { HostedRecipients } from './hosted-recipients.ts';
import type { WaitingRoom } from './waiting-room.ts';

export interface ConsentParts {
  readonly hosted: HostedRecipients;
  readonly waitingRoom: WaitingRoom;
}

export class Consent {
  /** Recipients that were known are gone: it is not to be sent. */
  haveChanged = false;
  readonly #parts: ConsentParts;
  readonly #message: Message;
  readonly #recipients: readonly Recipient[];
  readonly #isFirst: boolean;
  readonly #early: Entry[];

  /**
   * @param isFirst nobody has the message yet
   * @param early gets the entries that are stored
   */
  constructor(
    parts: ConsentParts,
    message: Message,
    recipients: readonly Recipient[],
    isFirst: boolean,
    early: Entry[],
  ) {
    this.#parts = parts;
    this.#message = message;
    this.#recipients = recipients;
    this.#isFirst = isFirst;
    this.#early = early;
  }

  readonly proceed = async (answers: readonly Reply[]): Promise<boolean> => {
    const { hosted, waitingRoom } = this.#parts;
    const recipients = this.#recipients;
    recipients.forEach(({ address }, i) => isPositive(answers[i]!) && hosted.taken(address));
    const refused = recipients.flatMap(({ address }, i) =>
      isPermanent(answers[i]!) ? [{ recipient: address, reply: answers[i]! }] : [],
    );
    // Sent again, the message meets a refusal at RCPT: nobody is bounced.
    this.haveChanged = this.#isFirst && (await hosted.areGone(refused));
    if (this.haveChanged) return false;
    const waiting = recipients.filter((_, i) => !isPositive(answers[i]!) && !isPermanent(answers[i]!));
    if (waiting.length > 0) this.#early.push(await waitingRoom.storeEarly(this.#message, waiting));
    if (failpoints && waiting.length > 0) await failpoints.pass('relay.waiting-stored');
    return true;
  };
}
