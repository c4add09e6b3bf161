/**
 * The wire of a session: the octets of a client become commands, and replies go back. They are gathered until the events at
 * hand are worked off, so that what a client pipelines is answered in one write, and sent before anything else is done to
 * the socket.
 *
 * smtp-server's SMTPConnection has the socket; here is what we do with it instead of its own parser.
 */
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { sendLater, type LateWriter } from '../../platform/fast/late-writes.ts';
import { letGo, readShared } from '../../platform/fast/shared-read.ts';
import type { Reply } from '../../platform/values/reply.ts';
import { CommandReader } from './command-reader.ts';
import { replyLine } from '../../platform/fast/reply-line.ts';

export type Done = () => void;

export abstract class Wire extends SMTPConnection implements LateWriter {
  /** Replies that are not sent yet. */
  #unsent = '';

  /** A command has come; reading goes on after `next`. */
  abstract override _onCommand(line: Buffer, next?: Done): void;
  /** A line is longer than a command may be. */
  protected abstract lineTooLong(): void;
  /** A record of TLS stands where a command should. */
  protected abstract tlsRecord(): void;

  /** A plain socket is read without a stream in between. smtp-server pipes it; a TLS socket it still does. */
  override _setListeners(begin: () => void): void {
    const socket = this._socket;
    const read = (octets: Buffer): boolean => this.reader?.write(octets) ?? true;
    if (this.secure || !readShared(socket, read)) return super._setListeners(begin);
    socket.on('close', (hadError: boolean) => {
      this._onCloseEvent(hadError);
      letGo(socket);
    });
    socket.on('error', (error: Error) => this._onError(error));
    this.reader?.on('drain', () => socket.resume());
    begin();
  }

  override _createParser(): ReturnType<SMTPConnection['_createParser']> {
    const reader = new CommandReader({
      command: (line, next) => this._onCommand(line, next),
      lineTooLong: () => this.lineTooLong(),
      tlsRecord: () => this.tlsRecord(),
    });
    return reader as unknown as ReturnType<SMTPConnection['_createParser']>;
  }

  protected get reader(): CommandReader | undefined {
    return this._parser ? (this._parser as unknown as CommandReader) : undefined;
  }

  protected write(text: string): void {
    const isFirst = this.#unsent === '';
    this.#unsent += `${text}\r\n`;
    if (isFirst) sendLater(this);
  }

  sendNow(): void {
    const text = this.#unsent;
    if (text === '') return;
    this.#unsent = '';
    if (!this._upgrading && !this._socket.destroyed && this._socket.writable)
      this._socket.write(text, 'latin1');
  }

  /** Replies that smtp-server words itself (STARTTLS, AUTH, VRFY, HELP). */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    this.sendNow();
    super.send(code, data, context);
  }

  override close(): void {
    this.sendNow();
    super.close();
  }

  /**
   * After QUIT the client has nothing more to say (RFC 5321 §4.1.1.10): the socket is closed with the reply, where
   * smtp-server waits for its end. With octets behind QUIT that would be a reset, which may take replies away.
   */
  protected leave(reply: Reply): void {
    this.write(replyLine(reply));
    this.sendNow();
    const socket = this._socket;
    if (this.secure || this.reader?.isWithinLine !== false || socket.writableLength > 0) return this.close();
    this._closing = true;
    this.reader.isClosed = true;
    socket.destroy();
  }
}
