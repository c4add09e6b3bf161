/**
 * One SMTP session (RFC 5321 §3, §4).
 *
 * smtp-server's SMTPConnection gives the TLS upgrade, the SASL exchange and the life of the socket. The
 * commands that make a transaction are ours: replies from one table, a greeting when we choose, addresses and
 * parameters read once, message octets in large pieces, deadlines that a slow client cannot stretch.
 * Whatever throws in a hook is a fault of ours and is answered 451 4.3.0, without its text.
 */
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { Envelope, Recipient } from '../values/envelope.ts';
import { formatReply, replies, type Reply } from '../values/reply.ts';
import type { Session } from '../values/session.ts';
import { CommandReader } from './command-reader.ts';
import type { DataDecoder } from './data-decoder.ts';
import { multiLine, offeredExtensions, type Offer } from './extensions.ts';
import { MessageData } from './message-data.ts';
import { Patience } from './patience.ts';
import type { SessionContext } from './session-context.ts';
import { readMail, readRcpt } from './transaction.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Done = () => void;
/** The server of a session, as far as the session knows it. */
type Home = { readonly context: SessionContext; forget(session: MailSession): void };

/** How long a client whose message is refused already may stay silent before it is told so. */
const REFUSED_SILENCE_MS = 5_000;

export class MailSession extends SMTPConnection {
  readonly facts: Writable<Session>;
  readonly #home: Home;
  readonly #context: SessionContext;
  #envelope: (Omit<Envelope, 'recipients'> & { recipients: Recipient[] }) | null = null;
  #data: MessageData | null = null;
  #decoder: DataDecoder | null = null;
  /** A hook is at work: the client waits for us, its deadline does not run. */
  #working = false;
  readonly #patience: Patience;
  #draining = false;
  #corked: SMTPConnection['_socket'] | null = null;

  constructor(...[server, socket, options]: ConstructorParameters<typeof SMTPConnection>) {
    super(server, socket, options);
    this.#home = server as unknown as Home;
    this.#context = this.#home.context;
    const client = { address: this.remoteAddress, port: this.remotePort };
    this.facts = {
      id: this.id,
      role: this.#context.role,
      listener: this.#context.name,
      client,
      helo: '',
      esmtp: false,
      trusted: this.#context.trusts(client.address),
    };
    this.#patience = new Patience(this.#settings, this.#context.limits, this.#context.clock.now());
    if (this.secure) this.#learnTls();
  }

  get #settings(): SessionContext['smtp'] {
    return this.#context.smtp;
  }

  // -- life of the connection

  override init(): void {
    this._setListeners(() => {
      const refusal = this.#askToConnect();
      if (refusal) return this.#closeWith(refusal);
      const pause = this.facts.trusted ? 0 : this.#settings.greetingPauseMs;
      if (pause === 0) return this.#greet();
      setTimeout(() => this.#greet(), pause).unref();
    });
  }

  #askToConnect(): Reply | null {
    try {
      return this.#context.hooks.connect(this.facts);
    } catch (error) {
      return this.#faultReply(error);
    }
  }

  #greet(): void {
    if (this._closing || this._closed) return;
    if (this.#reader?.isWithinLine) return this.#closeWith(replies.earlyTalker);
    this._setClientHostname('');
    this._ready = true;
    this.#write(`220 ${this.#context.host} ESMTP`);
  }

  /** Deadlines are kept by `sweep`: one timer for all sessions instead of one for each. */
  override _armTimeout(): void {}

  /** Called about once a second: ends the session when its client has kept us waiting too long. */
  sweep(now: number): void {
    if (this.#working) return;
    const reply = this.#patience.overdue(now);
    if (reply) this.#closeWith(this.#isRefusedAlready ? replies.bareLineEnd : reply);
  }

  /** The message under way cannot be accepted whatever follows. */
  get #isRefusedAlready(): boolean {
    return this.#decoder?.bareLineEnd === true && this.#settings.bareLineEnds === 'reject';
  }

  #renewPatience(): void {
    this.#patience.renew(this.#context.clock.now(), this.#isRefusedAlready ? REFUSED_SILENCE_MS : undefined);
  }

  /** Lets the message under way finish, then says 421. */
  drain(): void {
    this.#draining = true;
    if (!this.#envelope && !this.#working) this.#closeWith(replies.shuttingDown);
  }

  override _onClose(): void {
    const first = !this._closed;
    if (!this.#working) this.#discard(this.#data);
    super._onClose();
    if (!first) return;
    this.#home.forget(this);
    this.#context.hooks.closed(this.facts);
  }

  /** A broken connection is the client's affair; its session ends by `_onClose`. */
  override _onError(): void {
    this.close();
  }

  // -- wire

  override _createParser(): ReturnType<SMTPConnection['_createParser']> {
    const reader = new CommandReader({
      command: (line, next) => this._onCommand(line, next),
      lineTooLong: () => this.#closeWith(replies.lineTooLong),
      cork: () => (this.#corked = this._socket).cork(),
      uncork: () => {
        this.#corked?.uncork();
        this.#corked = null;
      },
    });
    return reader as unknown as ReturnType<SMTPConnection['_createParser']>;
  }

  get #reader(): CommandReader | undefined {
    return this._parser ? (this._parser as unknown as CommandReader) : undefined;
  }

  #write(text: string): void {
    if (!this._upgrading && !this._socket.destroyed && this._socket.writable)
      this._socket.write(`${text}\r\n`);
  }

  #reply(reply: Reply): void {
    this.#patience.replied(reply.code);
    this.#write(replyLine(reply));
    if (reply.code === 421) this.close();
  }

  #closeWith(reply: Reply): void {
    if (this._closing || this._closed) return;
    this.#context.hooks.refused(reply, this.facts);
    this.#write(replyLine(reply));
    this.close();
  }

  #faultReply(error: unknown): Reply {
    this.#context.hooks.fault(error, this.facts);
    return replies.localFault;
  }

  // -- commands

  override _onCommand(line: Buffer, next: Done = () => undefined): void {
    if (this._upgrading) return next();
    if (!this._ready) return this.#closeWith(replies.earlyTalker);
    this.#renewPatience();
    const end = this.#patience.command(this.#envelope?.recipients.length ?? 0);
    if (this.#draining && !this.#envelope) return this.#closeWith(replies.shuttingDown);
    if (end) return this.#closeWith(end);
    const done = (): void => this._whenWritable(next);
    const handler = this._nextHandler;
    this._nextHandler = false;
    try {
      if (handler) handler.call(this, line, done);
      else this.#dispatch(line, done);
    } catch (error) {
      this.#answer(this.#faultReply(error), done);
    }
  }

  #dispatch(line: Buffer, done: Done): void {
    const text = line.toString();
    const space = text.indexOf(' ');
    const verb = (space < 0 ? text : text.slice(0, space)).toUpperCase();
    const argument = space < 0 ? '' : text.slice(space + 1).trim();
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        return this.#hello(verb, argument, done);
      case 'MAIL':
        return this.#mail(argument, done);
      case 'RCPT':
        return this.#rcpt(argument, done);
      case 'DATA':
        return this.#startData(argument, done);
      case 'RSET':
        this.#envelope = null;
        return this.#answer(replies.ok, done);
      case 'NOOP':
        return this.#answer(replies.ok, done);
      case 'STARTTLS':
        if (this.#context.offersTls) return this.handler_STARTTLS(line, done);
        return this.#answer(replies.badCommand, done);
      case 'AUTH':
        if (!this.#context.hooks.authenticate) return this.#answer(replies.badCommand, done);
        if (!this.secure) return this.#answer(replies.tlsRequired, done);
        if (!this.facts.helo) return this.#answer(replies.ehloFirst, done);
        if (this.#envelope) return this.#answer(replies.nestedMail, done); // RFC 4954 §4
        return this.handler_AUTH(line, done);
      case 'QUIT':
        return this.handler_QUIT(line, done);
      case 'VRFY':
        return this.handler_VRFY(line, done);
      case 'HELP':
        return this.handler_HELP(line, done);
      default:
        return this.#answer(replies.badCommand, done);
    }
  }

  #answer(reply: Reply, done: Done): void {
    this.#reply(reply);
    done();
  }

  /** Runs a hook that may take its time; the reply it gives goes to the client. */
  #answerLater(pending: Promise<Reply>, done: Done): void {
    this.#working = true;
    pending
      .catch((error: unknown) => this.#faultReply(error))
      .then((reply) => {
        this.#working = false;
        this.#renewPatience();
        this.#answer(reply, done);
      })
      .catch((error: unknown) => this.#context.hooks.fault(error, this.facts));
  }

  #hello(verb: 'EHLO' | 'HELO', argument: string, done: Done): void {
    if (!argument || argument.length > 255 || /[\s\x00-\x1f\x7f]/.test(argument))
      return this.#answer(replies.badSyntax(`${verb} your-host-name`), done);
    this.facts.helo = argument;
    this.facts.esmtp = verb === 'EHLO';
    this.hostNameAppearsAs = argument;
    this.openingCommand = verb;
    this.#envelope = null;
    const extensions = verb === 'HELO' ? [] : offeredExtensions(this.#offer());
    this.#write(multiLine(250, [this.#context.host, ...extensions]));
    done();
  }

  #offer(): Offer {
    const { offersTls, hooks } = this.#context;
    return {
      maxMessageBytes: this.#settings.maxMessageBytes,
      startTls: offersTls && !this.secure,
      secure: this.secure,
      auth: hooks.authenticate !== undefined && this.facts.user === undefined,
    };
  }

  #mail(argument: string, done: Done): void {
    if (!this.facts.helo) return this.#answer(replies.ehloFirst, done);
    if (this.#envelope) return this.#answer(replies.nestedMail, done);
    const form = /^FROM:\s*(.*)$/i.exec(argument);
    if (!form) return this.#answer(replies.badSyntax('MAIL FROM:<address>'), done);
    const read = readMail(form[1]!, { maxMessageBytes: this.#settings.maxMessageBytes, secure: this.secure });
    if ('refusal' in read) return this.#answer(read.refusal, done);
    const reply = this.#context.hooks.mail(read.envelope, read.sizeBytes, this.facts);
    if (reply.code === 250) this.#envelope = { ...read.envelope, recipients: [] };
    this.#answer(reply, done);
  }

  #rcpt(argument: string, done: Done): void {
    const envelope = this.#envelope;
    if (!envelope) return this.#answer(replies.mailFirst, done);
    const form = /^TO:\s*(.*)$/i.exec(argument);
    if (!form) return this.#answer(replies.badSyntax('RCPT TO:<address>'), done);
    if (envelope.recipients.length >= this.#settings.maxRecipients)
      return this.#answer(replies.tooManyRecipients, done);
    const read = readRcpt(form[1]!, envelope.smtpUtf8);
    if ('refusal' in read) return this.#answer(read.refusal, done);
    const admit = (reply: Reply): Reply => {
      if (
        reply.code === 250 &&
        !envelope.recipients.some(({ address }) => address === read.recipient.address)
      )
        envelope.recipients.push(read.recipient);
      return reply;
    };
    const reply = this.#context.hooks.rcpt(read.recipient, envelope, this.facts);
    if (reply instanceof Promise) this.#answerLater(reply.then(admit), done);
    else this.#answer(admit(reply), done);
  }

  #startData(argument: string, done: Done): void {
    if (argument) return this.#answer(replies.badSyntax('DATA'), done);
    if (!this.#envelope) return this.#answer(replies.mailFirst, done);
    if (this.#envelope.recipients.length === 0) return this.#answer(replies.noMessage, done);
    const reader = this.#reader;
    if (!reader) return;
    const data = new MessageData({
      maxBytes: this.#settings.maxMessageBytes,
      memoryBytes: this.#context.limits.memoryPerMessageBytes,
      newPath: this.#context.newPath,
    });
    this.#data = data;
    this.#patience.messageBegins(this.#context.clock.now());
    this.#decoder = reader.startData(this.#settings.bareLineEnds, {
      push: (piece) => {
        this.#renewPatience();
        return data.push(piece);
      },
      end: (decoder) => this.#endData(data, decoder),
    });
    this.#answer(replies.startData, done);
  }

  #endData(data: MessageData, decoder: DataDecoder): void {
    const envelope = this.#envelope!;
    this.#patience.messageEnds();
    this.#decoder = null;
    this.#answerLater(this.#judgeData(data, decoder, envelope), () => {
      this.#data = null;
      this.#envelope = null;
      this.#patience.messageDone();
      this.#discard(data);
      if (this.#draining) this.#closeWith(replies.shuttingDown);
      else this.#reader?.resume();
    });
  }

  async #judgeData(data: MessageData, decoder: DataDecoder, envelope: Envelope): Promise<Reply> {
    if (data.tooBig) return replies.messageTooBig(this.#settings.maxMessageBytes);
    if (decoder.bareLineEnd && this.#settings.bareLineEnds === 'reject') return replies.bareLineEnd;
    try {
      return await this.#context.hooks.message(envelope, await data.finish(), this.facts);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      this.#context.hooks.fault(error, this.facts);
      return replies.storageFull;
    }
  }

  #discard(data: MessageData | null): void {
    data?.discard().catch((error: unknown) => this.#context.hooks.fault(error, this.facts));
  }

  // -- TLS and AUTH, by smtp-server

  /** Replies that smtp-server words itself (STARTTLS, AUTH, QUIT, VRFY, HELP). */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    this.#patience.replied(code);
    super.send(code, data, context);
  }

  /** Asks the user base; the reply refuses. */
  async authenticate(user: string, password: string): Promise<Reply | null> {
    try {
      if (!(await this.#context.hooks.authenticate?.(user, password, this.facts))) return replies.authFailed;
    } catch (error) {
      this.#context.hooks.fault(error, this.facts);
      return replies.authFault;
    }
    this.facts.user = user;
    return null;
  }

  /** After STARTTLS nothing that was said before it counts (RFC 3207 §4.2). */
  override _resetSession(): void {
    super._resetSession();
    this.#envelope = null;
    if (!this.secure) return;
    this.#learnTls();
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

/** A reply as it may stand on the wire whatever a hook put into it (RFC 5321 §4.5.3.1.5). */
const replyLine = (reply: Reply): string =>
  formatReply(reply)
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .slice(0, 510);
