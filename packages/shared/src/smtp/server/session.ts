/**
 * One SMTP session (RFC 5321 §3, §4): its commands, and the transaction they make.
 */
import { after } from '../../platform/fast/after.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Envelope, Recipient } from '../../platform/values/envelope.ts';
import { isPositive, replies, type Reply } from '../../platform/values/reply.ts';
import { MailConnection } from './connection.ts';
import { readChunkCommand } from './chunk-command.ts';
import { multiLine, offeredExtensions, type Offer } from './extensions.ts';
import { clientOf } from '../../platform/network/client-network.ts';
import { isHttpRequest, protocolOfUnknown } from './foreign-protocol.ts';
import { Incoming } from './incoming.ts';
import type { Guest, Place } from './message-room.ts';
import { afterKeyword } from './path-command.ts';
import { steps } from './patience.ts';
import { readMail, readRcpt } from './transaction.ts';
import type { Done } from './wire.ts';

export class MailSession extends MailConnection {
  #envelope: (Omit<Envelope, 'recipients'> & { recipients: Recipient[] }) | null = null;
  #incoming: Incoming | null = null;
  /** Of the message under way, in memory. */
  #place: Place | null = null;
  /** As MAIL said it. */
  #announcedBytes = 0;
  #unknownLines = 0;

  protected override get openRecipients(): number | null {
    return this.#envelope?.recipients.length ?? null;
  }

  protected override get refusedAlready(): Reply | null {
    const incoming = this.#incoming;
    return incoming?.decoder.bareLineEnd && !incoming.isWhole ? incoming.refusal : null;
  }

  protected override reset(): void {
    this.#envelope = null;
    this.#discard();
  }

  /** A message that a hook is working on stays. */
  protected override gone(): void {
    if (!this.working) this.#discard();
  }

  protected override command(line: Buffer, done: Done): void {
    const text = line.toString();
    const space = text.indexOf(' ');
    const verb = (space < 0 ? text : text.slice(0, space)).toUpperCase();
    const argument = space < 0 ? '' : text.slice(space + 1).trim();
    if (isHttpRequest(verb, text)) return this.closeForeign('http');
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
      case 'BDAT':
        return this.#chunk(argument, done);
      case 'RSET':
        this.#endTransaction();
        return this.answer(replies.ok, done);
      case 'NOOP':
        return this.answer(replies.ok, done);
      case 'STARTTLS':
        if (this.context.offersTls) return this.handler_STARTTLS(line, done);
        return this.answer(replies.badCommand, done);
      case 'AUTH':
        if (!this.context.hooks.authenticate) return this.answer(replies.badCommand, done);
        if (!this.secure) return this.answer(replies.tlsRequired, done);
        if (!this.facts.helo) return this.answer(replies.ehloFirst, done);
        if (this.#envelope) return this.answer(replies.nestedMail, done); // RFC 4954 §4
        return this.handler_AUTH(line, done);
      case 'QUIT':
        return this.leave(replies.bye);
      case 'VRFY':
        return this.handler_VRFY(line, done);
      case 'HELP':
        return this.handler_HELP(line, done);
      default:
        return this.#unknown(verb, text, done);
    }
  }

  #unknown(verb: string, line: string, done: Done): void {
    this.#unknownLines += 1;
    const protocol = protocolOfUnknown(verb, line, this.facts.helo ? null : this.#unknownLines);
    if (protocol) this.closeForeign(protocol);
    else this.answer(replies.badCommand, done);
  }

  #hello(verb: 'EHLO' | 'HELO', argument: string, done: Done): void {
    if (!argument || argument.length > 255 || /[\s\x00-\x1f\x7f]/.test(argument))
      return this.answer(replies.badSyntax(`${verb} your-host-name`), done);
    this.facts.helo = argument;
    this.facts.esmtp = verb === 'EHLO';
    this.hostNameAppearsAs = argument;
    this.openingCommand = verb;
    this.reaches(steps.hello);
    this.#endTransaction();
    const extensions = verb === 'HELO' ? [] : offeredExtensions(this.#offer());
    this.write(multiLine(250, [this.context.host, ...extensions]));
    done();
  }

  #offer(): Offer {
    const { offersTls, hooks } = this.context;
    return {
      maxMessageBytes: this.context.smtp.maxMessageBytes,
      dsn: this.#offersDsn,
      startTls: offersTls && !this.secure,
      secure: this.secure,
      auth: hooks.authenticate !== undefined && this.facts.user === undefined,
    };
  }

  /** A stranger's reverse-path may be forged: a DSN of success that it orders would go to somebody else (RFC 3461 §9.2). */
  get #offersDsn(): boolean {
    return this.context.role === 'submission';
  }

  #mail(argument: string, done: Done): void {
    if (!this.facts.helo) return this.answer(replies.ehloFirst, done);
    if (this.#envelope) return this.answer(replies.nestedMail, done);
    const path = afterKeyword('FROM:', argument);
    if (path === undefined) return this.answer(replies.badSyntax('MAIL FROM:<address>'), done);
    const read = readMail(path, {
      maxMessageBytes: this.context.smtp.maxMessageBytes,
      secure: this.secure,
      dsn: this.#offersDsn,
    });
    if ('refusal' in read) return this.answer(read.refusal, done);
    if (!this.context.places.hasRoomFor(read.sizeBytes, this.#guest))
      return this.answer(this.#noRoom(read.sizeBytes), done);
    const envelope = { ...read.envelope, recipients: [] };
    const reply = this.context.hooks.mail(envelope, read.sizeBytes, this.facts);
    if (reply.code === 250) {
      this.#envelope = envelope;
      this.#announcedBytes = read.sizeBytes;
      this.reaches(steps.mail);
    }
    this.answer(reply, done);
  }

  #rcpt(argument: string, done: Done): void {
    const envelope = this.#envelope;
    if (!envelope) return this.answer(replies.mailFirst, done);
    const path = afterKeyword('TO:', argument);
    if (path === undefined) return this.answer(replies.badSyntax('RCPT TO:<address>'), done);
    if (this.#incoming) return this.answer(replies.chunked, done);
    if (envelope.recipients.length >= this.context.smtp.maxRecipients)
      return this.answer(replies.tooManyRecipients, done);
    const read = readRcpt(path, { smtpUtf8: envelope.smtpUtf8, dsn: this.#offersDsn });
    if ('refusal' in read) return this.answer(read.refusal, done);
    const admit = (reply: Reply): Reply => {
      if (
        reply.code === 250 &&
        !envelope.recipients.some(({ address }) => address === read.recipient.address)
      )
        this.reaches(steps.mail + envelope.recipients.push(read.recipient));
      return reply;
    };
    const reply = this.context.hooks.rcpt(read.recipient, envelope, this.facts);
    if (reply instanceof Promise) this.answerLater(reply.then(admit), done);
    else this.answer(admit(reply), done);
  }

  #startData(argument: string, done: Done): void {
    if (argument) return this.answer(replies.badSyntax('DATA'), done);
    if (!this.#envelope) return this.answer(replies.mailFirst, done);
    if (this.#incoming) return this.answer(replies.chunked, done); // RFC 3030 §2
    if (this.#envelope.recipients.length === 0) return this.answer(replies.noMessage, done);
    const incoming = this.#begin(false);
    if (!incoming) return this.answer(this.#noRoom(this.#announcedBytes), done);
    this.reader?.startData(incoming.decoder, {
      push: (piece) => {
        this.received(piece);
        return incoming.push(piece);
      },
      end: () => this.#end(incoming),
    });
    this.answer(replies.startData, done);
  }

  /** The octets of a chunk are there whatever is said to them: what cannot be taken is read all the same (RFC 3030 §2). */
  #chunk(argument: string, done: Done): void {
    const command = readChunkCommand(argument);
    if (!command) return this.closeWith(replies.badChunk);
    const { sizeBytes, isLast } = command;
    const refused = this.#refuseChunk();
    const incoming = refused ? null : (this.#incoming ?? this.#begin(true));
    const refusal = refused ?? (incoming ? null : this.#noRoom(this.#announcedBytes));
    if (!incoming) this.patience.messageBegins(this.context.clock.now());
    this.reader?.startChunk(sizeBytes, {
      take: (octets) => {
        this.received(octets);
        return incoming?.take(octets);
      },
      end: () => {
        if (incoming && isLast) incoming.end();
        const reply = refusal ?? (incoming && this.#refusalOf(incoming));
        if (reply) return this.#refuse(reply);
        if (isLast) return this.#end(incoming!);
        this.patience.chunkTaken(sizeBytes);
        this.answer(replies.chunkOk(sizeBytes), () => this.#goOn());
      },
    });
    done();
  }

  #refuseChunk(): Reply | null {
    if (!this.#envelope) return replies.mailFirst;
    return this.#envelope.recipients.length === 0 ? replies.noMessage : null;
  }

  /** Null when there is no room for the message. */
  #begin(isChunked: boolean): Incoming | null {
    this.#place = this.context.places.take(this.#announcedBytes, this.#guest);
    if (!this.#place) return null;
    this.patience.messageBegins(this.context.clock.now());
    return (this.#incoming = new Incoming(this.context, this.#place, isChunked));
  }

  get #guest(): Guest {
    return { client: clientOf(this.facts.client.address), isFavoured: this.isFavoured };
  }

  #noRoom(sizeBytes: number): Reply {
    this.context.hooks.noRoom?.(sizeBytes, this.facts);
    return replies.noRoom;
  }

  #refusalOf(incoming: Incoming): Reply | null {
    const { refusal } = incoming;
    return refusal === replies.noRoom ? this.#noRoom(incoming.sizeBytes) : refusal;
  }

  /** A chunk that is not taken takes the transaction with it, and the chunks behind it. */
  #refuse(reply: Reply): void {
    const keeps = reply === replies.noMessage;
    this.patience.messageEnds();
    if (!keeps) this.reset();
    this.renewPatience();
    this.answer(reply, () => this.#goOn());
  }

  #end(incoming: Incoming): void {
    const envelope = this.#envelope!;
    incoming.isWhole = true;
    this.patience.messageEnds();
    const done = (): void => {
      this.patience.messageDone(this.context.clock.now());
      this.reset();
      this.#goOn();
    };
    this.answerLater(this.#judge(incoming, envelope), done, (reply) => {
      if (isPositive(reply)) this.context.hooks.delivered?.(this.facts);
    });
  }

  /** RSET or EHLO, perhaps between chunks. */
  #endTransaction(): void {
    this.patience.messageEnds();
    this.reset();
  }

  #goOn(): void {
    if (this.draining && !this.#envelope) this.closeWith(replies.shuttingDown);
    else this.reader?.resume();
  }

  #judge(incoming: Incoming, envelope: Envelope): Promise<Reply> {
    const refusal = this.#refusalOf(incoming);
    if (refusal) return Promise.resolve(refusal);
    const judge = (body: Body): Promise<Reply> => this.context.hooks.message(envelope, body, this.facts);
    try {
      return Promise.resolve(after(incoming.body(), judge));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #discard(): void {
    const incoming = this.#incoming;
    this.#incoming = null;
    this.#place?.release();
    this.#place = null;
    if (incoming?.isHeld)
      incoming.discard().catch((error: unknown) => this.context.hooks.fault(error, this.facts));
  }
}
