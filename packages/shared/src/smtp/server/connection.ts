/**
 * The connection under a session: its life, its patience with the client, what is said to it, TLS and AUTH.
 *
 * smtp-server's SMTPConnection gives the TLS upgrade, the SASL exchange and the life of the socket. This class and the wire
 * below it override the rest, and only they reach into it: a greeting when we choose, replies from one table, deadlines
 * that a slow client cannot stretch. Whatever throws in a hook is a fault of ours and is answered 451 4.3.0, without its
 * text.
 */
import { replies, type Reply } from '../../platform/values/reply.ts';
import type { Session } from '../../platform/values/session.ts';
import type { ForeignProtocol } from './foreign-protocol.ts';
import type { Handover } from './handover.ts';
import type { Counted } from './limits.ts';
import { Patience, steps } from './patience.ts';
import { replyLine } from '../../platform/fast/reply-line.ts';
import type { Tenant } from './relief.ts';
import type { Credentials, SessionContext } from './session-context.ts';
import { SignIn } from './sign-in.ts';
import { CALM, handshakeMs, timesAt, type Standing } from './stress.ts';
import { Wire, type Done } from './wire.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
/** The server of a session, as far as the session knows it. */
type Home = { readonly context: SessionContext; forget(connection: MailConnection): void };

export abstract class MailConnection extends Wire implements Tenant {
  readonly facts: Writable<Session>;
  protected readonly context: SessionContext;
  protected readonly patience: Patience;
  /** A hook is at work: the client waits for us, its deadline does not run. */
  protected working = false;
  protected draining = false;
  readonly #home: Home;
  #signIn: SignIn | null = null;
  readonly #counted: Counted | undefined;
  /** What was said before the greeting, where it is heard afterwards. */
  #early: (() => void) | null = null;

  constructor(...[server, socket, options]: ConstructorParameters<typeof Wire>) {
    super(server, socket, options);
    this.#home = server as unknown as Home;
    this.context = this.#home.context;
    const { smtp, limits, clock, role, name } = this.context;
    const client = { address: this.remoteAddress, port: this.remotePort };
    const { balancer, destination, isNamed, isCheck, counted } = (options ?? {}) as Handover;
    this.#counted = counted;
    const trusted = isNamed !== false && this.context.trusts(client.address);
    const listener = destination ?? name;
    this.facts = { id: this.id, role, listener, client, helo: '', esmtp: false, trusted };
    if (balancer !== undefined) this.facts.balancer = balancer;
    if (isCheck) this.facts.isCheck = true;
    this.patience = new Patience(smtp, limits, clock.now());
    if (this.secure) this.#learnTls();
  }

  /** Answers one command; reading goes on after `done`. What it throws is answered 451. */
  protected abstract command(line: Buffer, done: Done): void;
  /** Recipients of the transaction under way, or null when there is none. */
  protected abstract readonly openRecipients: number | null;
  /** Why the message under way will be refused whatever follows; null when it may not be. */
  protected abstract readonly refusedAlready: Reply | null;
  /** Drops the transaction under way. */
  protected abstract reset(): void;
  /** The connection is gone. */
  protected abstract gone(): void;

  // -- life

  override init(): void {
    this._setListeners(() => {
      const refusal = this.#ask(() => this.context.hooks.connect(this.facts, this.#counted));
      if (refusal) return this.closeWith(refusal);
      if (this.facts.trusted || this.facts.isCheck) return this.#greet();
      const { greetingPauseMs } = this.context.smtp;
      if (greetingPauseMs === 0) return this.#greetInTurn();
      setTimeout(() => this.#greetInTurn(), greetingPauseMs).unref();
    });
  }

  #greetInTurn(): void {
    if (this._closing || this._closed) return;
    const turn = this.#ask(() => this.context.hooks.greetingTurn?.(this.facts) ?? 0);
    if (typeof turn !== 'number') this.closeWith(turn);
    else if (turn === 0) this.#greet();
    else setTimeout(() => this.#greetInTurn(), turn).unref();
  }

  /** What a hook answers; when it throws, the fault is the reply. */
  #ask<T>(hook: () => T): T | Reply {
    try {
      return hook();
    } catch (error) {
      return this.faultReply(error);
    }
  }

  #greet(): void {
    if (this._closing || this._closed) return;
    if (this.reader?.isWithinLine && !this.#hearsEarly()) return this.closeWith(replies.earlyTalker);
    this._setClientHostname('');
    this._ready = true;
    this.renewPatience();
    this.reaches(steps.greeting);
    this.write(`220 ${this.context.host} ESMTP`);
    this.#early?.();
    this.#early = null;
  }

  /** The client spoke before the greeting (RFC 5321 §3.1, §4.3.1): noted, where it is not refused for it. */
  #hearsEarly(): boolean {
    if (this.context.smtp.earlyTalkers === 'refuse') return false;
    this.facts.spokeEarly = true;
    return true;
  }

  /** Lets the message under way finish, then says 421. */
  drain(): void {
    this.draining = true;
    if (this.openRecipients === null && !this.working) this.closeWith(replies.shuttingDown);
  }

  override _onClose(): void {
    const first = !this._closed;
    this.gone();
    super._onClose();
    if (!first) return;
    this.#home.forget(this);
    this.context.hooks.closed(this.facts);
  }

  /** A broken connection is the client's affair; its session ends by `_onClose`. */
  override _onError(): void {
    this.close();
  }

  // -- patience

  /** Deadlines are kept by `sweep`: one timer for all sessions instead of one for each. */
  override _armTimeout(): void {}

  /**
   * Called about once a second: ends the session when its client has kept us waiting too long.
   * @param share of the sessions allowed that are in use
   */
  sweep(now: number, share: number): void {
    if (this.#waitsForUs || !this._ready) return;
    const times = timesAt(share, share > CALM && this.isFavoured, this.context.smtp);
    const commandMs = this._upgrading ? handshakeMs(share) : times.commandMs;
    const reply = this.patience.overdue(now, { ...times, commandMs });
    if (reply) this.closeWith(this.refusedAlready ?? reply);
  }

  /** A hook is at work, or the client waits for an answer to its password: its deadline does not run. */
  get #waitsForUs(): boolean {
    return this.working || this.#signIn?.isUnderWay === true;
  }

  protected renewPatience(): void {
    this.patience.renew(this.context.clock.now(), this.refusedAlready ? REFUSED_SILENCE_MS : undefined);
  }

  protected reaches(step: number): void {
    this.patience.reaches(step, this.context.clock.now());
  }

  /** Octets of a message came. */
  protected received({ length }: Buffer): void {
    this.renewPatience();
    this.patience.received(length, this.context.clock.now());
  }

  /** Its mail is taken here, or it is a submitter. */
  protected get isFavoured(): boolean {
    const { trusted, user } = this.facts;
    return trusted || user !== undefined || (this.context.hooks.isKnown?.(this.facts) ?? false);
  }

  standing(now: number): Standing | null {
    const isOpen = this._ready && !this._closing && !this._closed && !this.facts.isCheck;
    if (!isOpen || this.#waitsForUs || this.patience.isReceiving(now)) return null;
    return { isFavoured: this.isFavoured, progressAt: this.patience.progressAt };
  }

  giveWay(): void {
    this.closeWith(replies.givesWay);
    this.context.hooks.release(this.facts);
  }

  // -- commands and replies

  protected override lineTooLong(): void {
    this.closeWith(replies.lineTooLong);
  }

  protected override tlsRecord(): void {
    this.closeForeign('tls');
  }

  /** Ends the session of a client that does not speak SMTP. */
  protected closeForeign(protocol: ForeignProtocol): void {
    this.closeWith(replies.notSmtp(protocol), protocol);
  }

  override _onCommand(line: Buffer, next: Done = () => undefined): void {
    if (this._upgrading) return next();
    if (!this._ready) {
      if (!this.#hearsEarly()) return this.closeWith(replies.earlyTalker);
      const kept = Buffer.from(line);
      this.#early = () => this._onCommand(kept, next);
      return;
    }
    this.renewPatience();
    const end = this.patience.command(this.openRecipients ?? 0);
    if (this.draining && this.openRecipients === null) return this.closeWith(replies.shuttingDown);
    if (end) return this.closeWith(end);
    const done = (): void => this._whenWritable(next);
    const continuation = this._nextHandler;
    this._nextHandler = false;
    try {
      if (continuation) continuation.call(this, line, done);
      else this.command(line, done);
    } catch (error) {
      this.answer(this.faultReply(error), done);
    }
  }

  protected answer(reply: Reply, done: Done): void {
    this.patience.replied(reply.code);
    this.write(replyLine(reply));
    if (reply.code === 421) this.close();
    done();
  }

  /** Runs a hook that may take its time; the reply it gives goes to the client, and then to `told`. */
  protected answerLater(pending: Promise<Reply>, done: Done, told?: (reply: Reply) => void): void {
    this.working = true;
    const answer = (reply: Reply): void => {
      this.working = false;
      this.renewPatience();
      this.answer(reply, done);
      told?.(reply);
    };
    pending
      .then(answer, (error: unknown) => answer(this.faultReply(error)))
      .catch((error: unknown) => this.context.hooks.fault(error, this.facts));
  }

  protected closeWith(reply: Reply, protocol?: ForeignProtocol): void {
    if (this._closing || this._closed) return;
    this.context.hooks.refused(reply, this.facts, protocol);
    this.write(replyLine(reply));
    this.close();
  }

  protected faultReply(error: unknown): Reply {
    this.context.hooks.fault(error, this.facts);
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOSPC' ? replies.storageFull : replies.localFault;
  }

  // -- TLS and AUTH, by smtp-server

  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const reply = this.#signIn?.takeReply();
    if (reply) return this.answer(reply, () => undefined);
    this.patience.replied(code);
    super.send(code, data, context);
  }

  async authenticate(credentials: Credentials, authorisationIdentity = ''): Promise<Reply | null> {
    this.#signIn ??= new SignIn(this.context.hooks, this.facts);
    const refusal = await this.#signIn.try(credentials, authorisationIdentity);
    this.renewPatience();
    if (refusal) return refusal;
    this.facts.user = credentials.user;
    this.reaches(steps.authenticated);
    return null;
  }

  /** After STARTTLS nothing that was said before it counts (RFC 3207 §4.2). */
  override _resetSession(): void {
    super._resetSession();
    this.reset();
    if (!this.secure) return;
    this.#learnTls();
    this.reaches(steps.tls);
    this.facts.helo = '';
    this.facts.esmtp = false;
    delete this.facts.user;
  }

  #learnTls(): void {
    const socket = this._socket;
    if (!('getProtocol' in socket)) return;
    this.facts.tls = { version: socket.getProtocol() ?? 'TLS', cipher: socket.getCipher().name };
  }
}

/** How long a client whose message is refused already may stay silent before it is told so. */
const REFUSED_SILENCE_MS = 5_000;
