/**
 * One connection to a mail server in place of a local server or the rest of the internet. It accepts messages
 * for the recipients that it knows and records their octets unchanged. Shares no code with the gateways.
 */
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { readLetter, type Reading } from './message.ts';

export type Step = 'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'message' | 'QUIT';

export interface Moment {
  readonly step: Step;
  /** The reverse-path, known from MAIL on. */
  readonly from: string;
  /** The recipient, for the step RCPT. */
  readonly recipient?: string;
}

/** The action in place of the usual reply: send octets, stay silent from now on, or reset the connection. */
export type Manner = { readonly say: string | Buffer } | 'hang' | 'reset' | 'take and reset';

export interface SessionRules {
  knows(recipient: string): boolean;
  /**
   * Undefined for the usual reply. A message with another reply is not accepted, except for `take and reset`.
   */
  manner?(moment: Moment): Manner | undefined;
  /** TLS that a client may start by STARTTLS, or that starts with the connection. */
  readonly tls?: { readonly context: SecureContext; readonly implicit: boolean };
  /** Called with a complete message, when its 250 has been written to a connected client. */
  took(message: Reading & { readonly to: readonly string[]; readonly client: string }): void;
}

const END = Buffer.from('\r\n.\r\n');
const REPLIES = {
  ready: '220 stand-in ESMTP',
  ok: '250 2.0.0 OK',
  data: '354 Go on',
  bye: '221 2.0.0 Bye',
  tls: '220 2.0.0 Begin',
  authenticated: '235 2.7.0 OK',
  unknown: '550 5.1.1 Nobody has this name',
  noRecipients: '503 5.5.1 No recipients',
} as const;

export class MailSession {
  #socket: Socket;
  readonly #rules: SessionRules;
  #input: Buffer = Buffer.alloc(0);
  #pieces: Buffer[] | null = null;
  #client = '';
  #from = '';
  #to: string[] = [];
  #isSecure = false;
  #isSilent = false;

  constructor(socket: Socket, rules: SessionRules) {
    this.#rules = rules;
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    if (rules.tls?.implicit) this.#secure(rules.tls.context);
    else this.#listen();
    this.#answer('greeting', REPLIES.ready);
  }

  #listen(): void {
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('data', (piece: Buffer) => {
      if (this.#isSilent) return;
      this.#input = this.#input.length > 0 ? Buffer.concat([this.#input, piece]) : piece;
      while (!this.#isOver() && (this.#pieces ? this.#takeMessage(this.#pieces) : this.#takeLine()));
    });
  }

  #secure(context: SecureContext): void {
    this.#socket.removeAllListeners('data');
    this.#socket = new TLSSocket(this.#socket, { isServer: true, secureContext: context });
    this.#isSecure = true;
    this.#input = Buffer.alloc(0);
    this.#listen();
  }

  #isOver = (): boolean => this.#isSilent || this.#socket.destroyed;

  #say(line: string): void {
    if (!this.#isOver()) this.#socket.write(`${line}\r\n`);
  }

  /** Returns whether the usual reply was sent. */
  #answer(step: Step, usual: string, recipient?: string): boolean {
    const manner = this.#rules.manner?.({
      step,
      from: this.#from,
      ...(recipient !== undefined && { recipient }),
    });
    if (manner === undefined) this.#say(usual);
    else if (manner === 'hang') this.#isSilent = true;
    else if (typeof manner === 'string') this.#reset();
    else this.#socket.write(manner.say);
    return manner === undefined || manner === 'take and reset';
  }

  #reset(): void {
    if (this.#socket instanceof TLSSocket) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #takeLine(): boolean {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.toString('utf8', 0, end);
    this.#input = this.#input.subarray(end + 2);
    this.#obey(line);
    return true;
  }

  #obey(line: string): void {
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        this.#client = line.slice(5).toLowerCase();
        return void this.#answer('EHLO', this.#extensions());
      case 'STAR': {
        const { tls } = this.#rules;
        this.#say(REPLIES.tls);
        return tls && this.#secure(tls.context);
      }
      case 'AUTH':
        return this.#say(REPLIES.authenticated);
      case 'MAIL':
        [this.#from, this.#to] = [pathIn(line), []];
        return void this.#answer('MAIL', REPLIES.ok);
      case 'RCPT': {
        const recipient = pathIn(line);
        const known = this.#rules.knows(recipient);
        const isUsual = this.#answer('RCPT', known ? REPLIES.ok : REPLIES.unknown, recipient);
        if (known && isUsual) this.#to.push(recipient);
        return;
      }
      case 'DATA':
        if (this.#to.length === 0) return this.#say(REPLIES.noRecipients);
        if (this.#answer('DATA', REPLIES.data)) this.#pieces = [Buffer.from('\r\n')];
        return;
      case 'QUIT':
        if (this.#answer('QUIT', REPLIES.bye)) this.#socket.end();
        return;
      default:
        return this.#say(REPLIES.ok);
    }
  }

  #extensions(): string {
    const canStart = this.#rules.tls !== undefined && !this.#isSecure;
    const names = ['PIPELINING', 'SIZE 100000000', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES'];
    const all = [
      'stand-in',
      ...names,
      ...(canStart ? ['STARTTLS'] : []),
      ...(this.#isSecure ? ['AUTH PLAIN'] : []),
    ];
    return all.map((name, index) => `250${index < all.length - 1 ? '-' : ' '}${name}`).join('\r\n');
  }

  #takeMessage(pieces: Buffer[]): boolean {
    if (this.#input.length === 0) return false;
    // The end of data may be split across two pieces.
    const before = Buffer.concat(pieces.slice(-4)).subarray(-4);
    const found = Buffer.concat([before, this.#input]).indexOf(END);
    const taken = found < 0 ? this.#input.length : found + END.length - before.length;
    pieces.push(this.#input.subarray(0, taken));
    this.#input = this.#input.subarray(taken);
    if (found < 0) return false;
    this.#pieces = null;
    const octets = undouble(Buffer.concat(pieces).subarray(2, -3));
    if (this.#socket.destroyed || !this.#socket.writable) return false;
    if (!this.#answer('message', REPLIES.ok)) return true;
    this.#rules.took({ ...readLetter(octets, this.#from), to: this.#to, client: this.#client });
    return true;
  }
}

const pathIn = (command: string): string => /:\s*<([^>]*)>/.exec(command)?.[1] ?? '';

/** Removes dot-stuffing (RFC 5321 §4.5.2). */
const undouble = (octets: Buffer): Buffer =>
  Buffer.from(octets.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1');
