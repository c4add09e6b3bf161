/**
 * What a session puts up with from its client: how long it waits for commands and messages, and how many refused
 * or idle commands it takes. Pure: it is told what happens and when, and names the 421 that is due.
 */
import type { Settings } from '../system/settings.ts';
import { replies, type Reply } from '../values/reply.ts';

type Times = Pick<Settings['smtp'], 'commandTimeoutMs' | 'messageTimeoutMs'>;
type Counts = Pick<Settings['limits'], 'errors' | 'commands'>;

export class Patience {
  readonly #times: Times;
  readonly #counts: Counts;
  #heardAt: number;
  #waitMs: number;
  #messageDeadlineAt = Infinity;
  #errors = 0;
  #commands = 0;

  constructor(times: Times, counts: Counts, now: number) {
    this.#times = times;
    this.#counts = counts;
    this.#heardAt = now;
    this.#waitMs = times.commandTimeoutMs;
  }

  /** The client was heard, or answered: it may be silent for a while from now. */
  renew(now: number, waitMs = this.#times.commandTimeoutMs): void {
    this.#heardAt = now;
    this.#waitMs = waitMs;
  }

  /** However steadily a message trickles in, it must be complete in time. */
  messageBegins(now: number): void {
    this.#messageDeadlineAt = now + this.#times.messageTimeoutMs;
  }

  messageEnds(): void {
    this.#messageDeadlineAt = Infinity;
  }

  /** A message was answered: counting commands starts again. */
  messageDone(): void {
    this.#commands = 0;
  }

  /** A command that brought a good part of a message does not count. */
  chunkTaken(sizeBytes: number): void {
    if (sizeBytes >= GOOD_CHUNK_BYTES) this.#commands -= 1;
  }

  /** @param mostMs where less than usual is to be waited for */
  overdue(now: number, mostMs = Infinity): Reply | null {
    if (now > this.#messageDeadlineAt) return replies.messageTimeout;
    return now > this.#heardAt + Math.min(this.#waitMs, mostMs) ? replies.idle : null;
  }

  /** A 4xx says that the matter is on our side, or a matter of time: no client is shown the door for those. */
  replied(code: number): void {
    if (code >= 500) this.#errors += 1;
  }

  /**
   * Counts a command; a reply ends the session instead. A client that pipelines recipients cannot know in time how
   * many are too many: it may overshoot the accepted ones as far again.
   */
  command(acceptedRecipients: number): Reply | null {
    this.#commands += 1;
    if (this.#errors >= this.#counts.errors) return replies.tooManyErrors;
    return this.#commands > this.#counts.commands + 2 * acceptedRecipients ? replies.tooManyCommands : null;
  }
}

/** Senders that chunk by their buffers use 8 KB; much smaller chunks are a way to keep a session busy. */
const GOOD_CHUNK_BYTES = 1_024;
