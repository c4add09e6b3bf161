/**
 * What a session puts up with from its client: how long it waits for commands, messages and turns, and how many refused
 * or idle commands it takes. Pure: it is told what happens and when, and names the 421 that is due.
 *
 * A turn leads to a message that is taken. Whatever keeps a session busy without one ends it: commands that lead nowhere by their
 * number and by the time for a turn, a message that trickles in by its own time.
 */
import type { Settings } from '../../config/settings.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import { timesAt, type Times } from './stress.ts';

type Calm = Pick<Settings['smtp'], 'commandTimeoutMs' | 'messageTimeoutMs'>;
type Counts = Pick<Settings['limits'], 'errors' | 'commands'>;

/** How far a turn has come. Each accepted recipient is one step beyond `mail`. */
export const steps = { greeting: 1, tls: 2, hello: 3, authenticated: 4, mail: 5, data: Infinity } as const;

export class Patience {
  readonly #calm: Calm;
  readonly #counts: Counts;
  #heardAt: number;
  #waitMs: number;
  #turnFrom: number;
  #messageDeadlineAt = Infinity;
  /** Until then the message under way comes in fast enough. */
  #fastUntil = -Infinity;
  #step = 0;
  #progressAt: number;
  #lastCode = 0;
  #errors = 0;
  #commands = 0;

  constructor(calm: Calm, counts: Counts, now: number) {
    this.#calm = calm;
    this.#counts = counts;
    this.#heardAt = now;
    this.#waitMs = calm.commandTimeoutMs;
    this.#turnFrom = now;
    this.#progressAt = now;
  }

  /** When the client last came further in its turn than before. */
  get progressAt(): number {
    return this.#progressAt;
  }

  /** The client was heard, or answered: it may be silent for a while from now. */
  renew(now: number, waitMs = this.#calm.commandTimeoutMs): void {
    this.#heardAt = now;
    this.#waitMs = waitMs;
  }

  /** Going back, to come again, is no progress. */
  reaches(step: number, now: number): void {
    if (step <= this.#step) return;
    this.#step = step;
    this.#progressAt = now;
  }

  /** However steadily a message trickles in, it must be complete in time. */
  messageBegins(now: number): void {
    this.#messageDeadlineAt = now + this.#calm.messageTimeoutMs;
    this.#fastUntil = now + SLACK_MS;
    this.reaches(steps.data, now);
  }

  /** Octets of a message came. */
  received(sizeBytes: number, now: number): void {
    this.#fastUntil = Math.min(now + SLACK_MS, this.#fastUntil + sizeBytes / DECENT_BYTES_A_MS);
  }

  /** A message comes in, and as fast as it should. */
  isReceiving(now: number): boolean {
    return now <= this.#fastUntil;
  }

  messageEnds(): void {
    this.#messageDeadlineAt = Infinity;
    this.#fastUntil = -Infinity;
  }

  /** A message was answered: counting commands starts again, and a new turn when the reply was that it is taken. */
  messageDone(now: number): void {
    this.#commands = 0;
    this.#step = steps.hello;
    if (this.#lastCode >= 300) return;
    this.#turnFrom = now;
    this.#progressAt = now;
  }

  /** A command that brought a good part of a message does not count. */
  chunkTaken(sizeBytes: number): void {
    if (sizeBytes >= GOOD_CHUNK_BYTES) this.#commands -= 1;
  }

  /** @param times of the moment */
  overdue(now: number, times: Times = timesAt(0, false, this.#calm)): Reply | null {
    if (now > this.#messageDeadlineAt) return replies.messageTimeout;
    if (now > this.#heardAt + Math.min(this.#waitMs, times.commandMs)) return replies.idle;
    return now > this.#turnFrom + times.turnMs && !this.isReceiving(now) ? replies.noMessageInTime : null;
  }

  /** A 4xx says that the matter is on our side, or a matter of time: no client is shown the door for those. */
  replied(code: number): void {
    this.#lastCode = code;
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
/** A message that comes more slowly is no progress while sessions run out. */
const DECENT_BYTES_A_MS = 512 / 1_000;
/** A pause in a message that is usual, as for a segment that is lost. */
const SLACK_MS = 10_000;
