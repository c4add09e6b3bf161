/**
 * One SMTP session (RFC 5321 §3, §4): its commands, and the transaction they make.
 */
import type { Envelope, Recipient } from '../values/envelope.ts';
import { replies, type Reply } from '../values/reply.ts';
import { MailConnection, type Done } from './connection.ts';
import type { DataDecoder } from './data-decoder.ts';
import { multiLine, offeredExtensions, type Offer } from './extensions.ts';
import { MessageData } from './message-data.ts';
import { readMail, readRcpt } from './transaction.ts';

export class MailSession extends MailConnection {
  #envelope: (Omit<Envelope, 'recipients'> & { recipients: Recipient[] }) | null = null;
  #data: MessageData | null = null;
  #decoder: DataDecoder | null = null;

  protected override get openRecipients(): number | null {
    return this.#envelope?.recipients.length ?? null;
  }

  protected override get refusedAlready(): Reply | null {
    return this.#decoder?.bareLineEnd && this.context.smtp.bareLineEnds === 'reject'
      ? replies.bareLineEnd
      : null;
  }

  protected override reset(): void {
    this.#envelope = null;
  }

  /** A message that a hook is working on stays. */
  protected override gone(): void {
    if (!this.working) this.#discard(this.#data);
  }

  protected override command(line: Buffer, done: Done): void {
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
        return this.handler_QUIT(line, done);
      case 'VRFY':
        return this.handler_VRFY(line, done);
      case 'HELP':
        return this.handler_HELP(line, done);
      default:
        return this.answer(replies.badCommand, done);
    }
  }

  #hello(verb: 'EHLO' | 'HELO', argument: string, done: Done): void {
    if (!argument || argument.length > 255 || /[\s\x00-\x1f\x7f]/.test(argument))
      return this.answer(replies.badSyntax(`${verb} your-host-name`), done);
    this.facts.helo = argument;
    this.facts.esmtp = verb === 'EHLO';
    this.hostNameAppearsAs = argument;
    this.openingCommand = verb;
    this.#envelope = null;
    const extensions = verb === 'HELO' ? [] : offeredExtensions(this.#offer());
    this.write(multiLine(250, [this.context.host, ...extensions]));
    done();
  }

  #offer(): Offer {
    const { offersTls, hooks } = this.context;
    return {
      maxMessageBytes: this.context.smtp.maxMessageBytes,
      startTls: offersTls && !this.secure,
      secure: this.secure,
      auth: hooks.authenticate !== undefined && this.facts.user === undefined,
    };
  }

  #mail(argument: string, done: Done): void {
    if (!this.facts.helo) return this.answer(replies.ehloFirst, done);
    if (this.#envelope) return this.answer(replies.nestedMail, done);
    const form = /^FROM:\s*(.*)$/i.exec(argument);
    if (!form) return this.answer(replies.badSyntax('MAIL FROM:<address>'), done);
    const read = readMail(form[1]!, {
      maxMessageBytes: this.context.smtp.maxMessageBytes,
      secure: this.secure,
    });
    if ('refusal' in read) return this.answer(read.refusal, done);
    const envelope = { ...read.envelope, recipients: [] };
    const reply = this.context.hooks.mail(envelope, read.sizeBytes, this.facts);
    if (reply.code === 250) this.#envelope = envelope;
    this.answer(reply, done);
  }

  #rcpt(argument: string, done: Done): void {
    const envelope = this.#envelope;
    if (!envelope) return this.answer(replies.mailFirst, done);
    const form = /^TO:\s*(.*)$/i.exec(argument);
    if (!form) return this.answer(replies.badSyntax('RCPT TO:<address>'), done);
    if (envelope.recipients.length >= this.context.smtp.maxRecipients)
      return this.answer(replies.tooManyRecipients, done);
    const read = readRcpt(form[1]!, envelope.smtpUtf8);
    if ('refusal' in read) return this.answer(read.refusal, done);
    const admit = (reply: Reply): Reply => {
      if (
        reply.code === 250 &&
        !envelope.recipients.some(({ address }) => address === read.recipient.address)
      )
        envelope.recipients.push(read.recipient);
      return reply;
    };
    const reply = this.context.hooks.rcpt(read.recipient, envelope, this.facts);
    if (reply instanceof Promise) this.answerLater(reply.then(admit), done);
    else this.answer(admit(reply), done);
  }

  #startData(argument: string, done: Done): void {
    if (argument) return this.answer(replies.badSyntax('DATA'), done);
    if (!this.#envelope) return this.answer(replies.mailFirst, done);
    if (this.#envelope.recipients.length === 0) return this.answer(replies.noMessage, done);
    const reader = this.reader;
    if (!reader) return;
    const data = new MessageData({
      maxBytes: this.context.smtp.maxMessageBytes,
      memoryBytes: this.context.limits.memoryPerMessageBytes,
      newPath: this.context.newPath,
    });
    this.#data = data;
    this.patience.messageBegins(this.context.clock.now());
    this.#decoder = reader.startData(this.context.smtp.bareLineEnds, {
      push: (piece) => {
        this.renewPatience();
        return data.push(piece);
      },
      end: (decoder) => this.#endData(data, decoder),
    });
    this.answer(replies.startData, done);
  }

  #endData(data: MessageData, decoder: DataDecoder): void {
    const envelope = this.#envelope!;
    this.patience.messageEnds();
    this.#decoder = null;
    this.answerLater(this.#judgeData(data, decoder, envelope), () => {
      this.#data = null;
      this.#envelope = null;
      this.patience.messageDone();
      this.#discard(data);
      if (this.draining) this.closeWith(replies.shuttingDown);
      else this.reader?.resume();
    });
  }

  async #judgeData(data: MessageData, decoder: DataDecoder, envelope: Envelope): Promise<Reply> {
    if (data.tooBig) return replies.messageTooBig(this.context.smtp.maxMessageBytes);
    if (decoder.bareLineEnd && this.context.smtp.bareLineEnds === 'reject') return replies.bareLineEnd;
    try {
      const body = data.finish(decoder.isTransparent);
      const whole = body instanceof Promise ? await body : body;
      return await this.context.hooks.message(envelope, whole, this.facts);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      this.context.hooks.fault(error, this.facts);
      return replies.storageFull;
    }
  }

  #discard(data: MessageData | null): void {
    if (data?.isFile) data.discard().catch((error: unknown) => this.context.hooks.fault(error, this.facts));
  }
}
