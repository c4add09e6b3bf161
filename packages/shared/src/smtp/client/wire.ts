/**
 * The socket of an open session: commands out, replies in, every wait bounded.
 *
 * One thing is waited for at a time. A fault ends the session, wakes who waits, and fails every later wait; replies
 * that came before it are kept. Whoever owns the wire then ends it with `destroy`. One timer serves all waits: it is
 * left running while waits come and go, and looks at the clock when it fires.
 */
import type { Socket } from 'node:net';
import { sendLater, type LateWriter } from '../../platform/fast/late-writes.ts';
import { letGo, readShared } from '../../platform/fast/shared-read.ts';
import type { Reply } from '../../platform/values/reply.ts';
import { ReplyReader } from './reply-reader.ts';

export interface Timeouts {
  /** TCP connect. */
  readonly connectMs: number;
  /** Greeting, each reply to a command, each stretch of a message (RFC 5321 §4.5.3.2.1 to .5). */
  readonly commandMs: number;
  /** The reply to the final dot (§4.5.3.2.6). */
  readonly messageMs: number;
}

/** The session is over without the reply that was waited for. */
export class WireFault extends Error {
  override name = 'WireFault';
  readonly kind: 'lost' | 'timeout';

  constructor(kind: 'lost' | 'timeout', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** RFC 5321 §4.2.3: the host is closing the connection, whatever was asked. */
export const CLOSING = 421;
/** Replies nobody asked for that are kept before the peer is taken for a flood. */
const MAX_UNASKED = 100;
const QUIT_MS = 2_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Written {
  readonly data: string | Buffer;
  readonly left: (() => void) | undefined;
}

export class Wire implements LateWriter {
  readonly #socket: Socket;
  readonly #reader = new ReplyReader();
  /** Replies nobody has read yet. */
  readonly #unread: Reply[] = [];
  #fault: WireFault | undefined;
  /** What was written since `sendNow`. */
  readonly #unsent: Written[] = [];

  #wanted: Reply[] | undefined;
  #wantedCount = 0;
  #stepMs = 0;
  #draining = false;
  #resolve: (() => void) | undefined;
  #reject: ((fault: WireFault) => void) | undefined;

  #deadlineAt = Infinity;
  #dueAt = Infinity;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #armedAt = Infinity;
  #onGone: (() => void) | undefined;
  readonly #closed: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    const receive = (chunk: Buffer): true => {
      this.#receive(chunk);
      return true;
    };
    if (!readShared(socket, receive)) socket.on('data', receive);
    socket.on('error', (error) => this.#fail('lost', `lost the connection (${error.message})`));
    socket.on('end', () => this.#fail('lost', 'closed the connection'));
    socket.on('close', () => {
      this.#fail('lost', 'closed the connection');
      letGo(socket);
    });
    socket.on('drain', () => {
      if (this.#draining) this.#wake();
    });
  }

  /** The session may go on: no fault, no word that nobody asked for. */
  get usable(): boolean {
    return !this.#fault && this.#unread.length === 0 && this.#socket.writable;
  }

  /** The host has spoken before it was asked. */
  get spoken(): boolean {
    return this.#unread.length > 0;
  }

  /** No wait lasts beyond this time of `performance.now()`. */
  setDeadline(deadlineAt: number): void {
    this.#deadlineAt = deadlineAt;
  }

  /**
   * What is written before the events at hand are worked off leaves in one write.
   * @param left is called once the octets are nobody's any more: sent, or never to be
   */
  write(data: string | Buffer, left?: () => void): void {
    if (this.#unsent.push({ data, left }) === 1) sendLater(this);
  }

  sendNow(): void {
    const { length } = this.#unsent;
    if (length > 1) this.#socket.cork();
    for (const { data, left } of this.#unsent) this.#socket.write(data, left);
    if (length > 1) this.#socket.uncork();
    this.#unsent.length = 0;
  }

  /**
   * Reads replies into `into` until it holds `count`, or a 421. Each may take `timeoutMs`.
   * @throws WireFault; `into` then has the replies that came before
   */
  read(into: Reply[], count: number, timeoutMs: number): Promise<void> {
    this.#wanted = into;
    this.#wantedCount = count;
    this.#stepMs = timeoutMs;
    if (this.spoken) for (const reply of this.#unread.splice(0)) this.#take(reply);
    return this.#isReading ? this.#wait(timeoutMs) : DONE;
  }

  get #isReading(): boolean {
    return this.#wanted !== undefined;
  }

  /** Resolves when the network has taken what was written, or when the host has spoken. */
  async drained(timeoutMs: number): Promise<void> {
    this.sendNow();
    if (!this.#socket.writableNeedDrain || this.spoken) return;
    this.#draining = true;
    await this.#wait(timeoutMs);
    this.#draining = false;
  }

  /** The promise's value, unless the session ends before it. */
  async during<T>(promise: Promise<T>): Promise<T> {
    const done = (): void => this.#wake();
    promise.then(done, done);
    await this.#wait(Infinity);
    return promise;
  }

  /** Nothing is asked for a while: `gone` is called once, when the host ends the session or `idleMs` have passed. */
  rest(idleMs: number, gone: () => void): void {
    this.#onGone = gone;
    this.#deadlineAt = Infinity;
    if (this.usable) this.#arm(idleMs);
    else this.#leave();
  }

  /** How long nothing has been asked. */
  get restedMs(): number {
    return performance.now() - this.#armedAt;
  }

  /** Ends the rest. */
  wakeUp(): void {
    this.#onGone = undefined;
    this.#dueAt = Infinity;
  }

  /** Ends the session at once. */
  destroy(): void {
    this.#fail('lost', 'was disconnected by us');
    this.#socket.destroy();
  }

  /** Says QUIT and leaves; the host has a moment to answer. Never rejects. */
  close(): Promise<void> {
    if (!this.usable) {
      this.destroy();
      return this.#closed;
    }
    this.#fail('lost', 'was closed by us');
    this.sendNow();
    this.#socket.end('QUIT\r\n');
    const timer = setTimeout(() => this.#socket.destroy(), QUIT_MS);
    return this.#closed.then(() => clearTimeout(timer));
  }

  #receive(chunk: Buffer): void {
    if (this.#fault) return;
    try {
      this.#reader.read(chunk, (reply) => this.#take(reply));
    } catch (error) {
      this.#fail('lost', (error as Error).message);
    }
  }

  #take(reply: Reply): void {
    const wanted = this.#wanted;
    if (wanted) {
      wanted.push(reply);
      if (wanted.length < this.#wantedCount && reply.code !== CLOSING) return this.#arm(this.#stepMs);
      this.#wanted = undefined;
      return this.#wake();
    }
    this.#unread.push(reply);
    if (this.#onGone) return this.#leave();
    if (this.#unread.length > MAX_UNASKED) return this.#fail('lost', 'sent replies to no command');
    if (this.#draining) this.#wake();
  }

  #wait(timeoutMs: number): Promise<void> {
    if (this.#fault) return Promise.reject(this.#fault);
    this.#arm(timeoutMs);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  #wake(): void {
    const resolve = this.#resolve;
    this.#resolve = this.#reject = undefined;
    this.#dueAt = Infinity;
    resolve?.();
  }

  #fail(kind: WireFault['kind'], message: string): void {
    if (this.#fault) return;
    this.#fault = new WireFault(kind, message);
    clearTimeout(this.#timer);
    const reject = this.#reject;
    this.#resolve = this.#reject = this.#wanted = undefined;
    reject?.(this.#fault);
    this.#leave();
  }

  #leave(): void {
    const gone = this.#onGone;
    this.#onGone = undefined;
    gone?.();
  }

  #arm(ms: number): void {
    const now = performance.now();
    this.#armedAt = now;
    this.#dueAt = Math.min(now + ms, this.#deadlineAt);
    if (this.#dueAt < this.#timerAt) this.#startTimer(now);
  }

  #startTimer(now: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = this.#dueAt;
    const ms = Math.min(Math.max(Math.ceil(this.#dueAt - now), 1), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#tick(), ms);
  }

  #tick(): void {
    this.#timerAt = Infinity;
    if (this.#fault || this.#dueAt === Infinity) return;
    const now = performance.now();
    if (now < this.#dueAt) return this.#startTimer(now);
    if (this.#onGone) return this.#leave();
    this.#fail('timeout', 'did not answer in time');
  }
}

const DONE = Promise.resolve();
