/**
 * Whether a local server refuses this gateway, as opposed to a message, a sender or a mailbox.
 *
 * It does when it says so instead of a session (by greeting, EHLO or 421), when it refuses the null reverse-path of a call-forward
 * at MAIL (RFC 5321 §4.5.5 asks to accept it), or when it refuses several in a row at MAIL or RCPT without a word about a mailbox:
 * two recipients of call-forwards, or mail from three domains. One such refusal may concern that recipient or that sender alone.
 * A recipient that is taken ends it. Pure but for its own memory.
 */
import { domainOf } from '../../platform/values/address.ts';
import type { Outcome } from '../../platform/values/outcome.ts';
import { isPositive, mayConcernClient, type Reply } from '../../platform/values/reply.ts';

export interface Refusal {
  readonly reply: Reply;
  /** When it was said last, ms since the epoch. */
  readonly at: number;
  /** What the reply was given to: a connection, or MAIL and RCPT. */
  readonly to: 'session' | 'recipient';
}

/** What asks: a call-forward from the null reverse-path, or mail that is handed over. */
export type Asker = 'call-forward' | 'mail';

/** What was said of one recipient, and to which command. */
export type Answer = Pick<Outcome, 'recipient' | 'stage' | 'reply'>;

const ENOUGH: Readonly<Record<Asker, number>> = { 'call-forward': 2, mail: 3 };

export class RefusalWatch {
  #refusal: Refusal | undefined;
  /** Who was refused in a row: recipients of call-forwards, domains of senders. */
  readonly #refused: Readonly<Record<Asker, Set<string>>> = { 'call-forward': new Set(), mail: new Set() };
  #takenAt: number | undefined;

  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** When it took a recipient last, ms since the epoch. */
  get takenAt(): number | undefined {
    return this.#takenAt;
  }

  /** No session came about. @param reply theirs; undefined where they gave none */
  failed(reply: Reply | undefined, at: number): void {
    this.#refusal = reply && { reply, at, to: 'session' };
  }

  /** A session came about. @returns whether it had refused one before */
  conversed(): boolean {
    if (this.#refusal?.to !== 'session') return false;
    this.#refusal = undefined;
    return true;
  }

  /** What it said of recipients in one attempt. */
  answered(asker: Asker, reversePath: string, answers: readonly Answer[], at: number): void {
    if (answers.some(isTaken)) {
      this.#refused['call-forward'].clear();
      this.#refused.mail.clear();
      this.#refusal = undefined;
      this.#takenAt = at;
      return;
    }
    const refusing = answers.filter((answer) => this.#isRefusal(asker, reversePath, answer));
    const last = refusing.at(-1);
    if (last) this.#refusal = { reply: last.reply, at, to: 'recipient' };
  }

  #isRefusal(asker: Asker, reversePath: string, { recipient, stage, reply }: Answer): boolean {
    if (stage !== 'mail' && stage !== 'rcpt') return false;
    if (asker === 'call-forward' && stage === 'mail') return true;
    if (!mayConcernClient(reply)) return false;
    const refused = this.#refused[asker];
    if (refused.size < ENOUGH[asker]) refused.add(asker === 'mail' ? domainOf(reversePath) : recipient);
    return refused.size >= ENOUGH[asker];
  }
}

const BEFORE_RCPT: ReadonlySet<Outcome['stage']> = new Set([undefined, 'check', 'connection', 'mail']);

const isTaken = ({ stage, reply }: Answer): boolean =>
  stage === 'rcpt' ? isPositive(reply) : !BEFORE_RCPT.has(stage);
