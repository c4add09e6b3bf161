/**
 * One connection to a server that stands in for a local server or for the rest of the internet. It takes what it knows
 * the recipients of, reads messages octet for octet, and shares no code with the gateways.
 */
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { readLetter, type Reading } from './message.ts';

export interface SessionRules {
  knows(recipient: string): boolean;
  /** TLS that a client may begin by STARTTLS, or that began with the connection. */
  readonly tls?: { readonly context: SecureContext; readonly implicit: boolean };
  /** A message is here, whole; called when its 250 is on its way to a client that is there. */
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

  constructor(socket: Socket, rules: SessionRules) {
    this.#rules = rules;
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    if (rules.tls?.implicit) this.#secure(rules.tls.context);
    else this.#listen();
    this.#say(REPLIES.ready);
  }

  #listen(): void {
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('data', (piece: Buffer) => {
      this.#input = this.#input.length > 0 ? Buffer.concat([this.#input, piece]) : piece;
      while (!this.#socket.destroyed && (this.#pieces ? this.#takeMessage(this.#pieces) : this.#takeLine()));
    });
  }

  #secure(context: SecureContext): void {
    this.#socket.removeAllListeners('data');
    this.#socket = new TLSSocket(this.#socket, { isServer: true, secureContext: context });
    this.#isSecure = true;
    this.#input = Buffer.alloc(0);
    this.#listen();
  }

  #say(line: string): void {
    if (!this.#socket.destroyed) this.#socket.write(`${line}\r\n`);
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
        return this.#say(this.#extensions());
      case 'STAR': {
        const { tls } = this.#rules;
        this.#say(REPLIES.tls);
        return tls && this.#secure(tls.context);
      }
      case 'AUTH':
        return this.#say(REPLIES.authenticated);
      case 'MAIL':
        [this.#from, this.#to] = [pathIn(line), []];
        return this.#say(REPLIES.ok);
      case 'RCPT': {
        const known = this.#rules.knows(pathIn(line));
        if (known) this.#to.push(pathIn(line));
        return this.#say(known ? REPLIES.ok : REPLIES.unknown);
      }
      case 'DATA':
        if (this.#to.length === 0) return this.#say(REPLIES.noRecipients);
        this.#pieces = [Buffer.from('\r\n')];
        return this.#say(REPLIES.data);
      case 'QUIT':
        return void this.#socket.end(`${REPLIES.bye}\r\n`);
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
    // The end may lie across two pieces.
    const before = Buffer.concat(pieces.slice(-4)).subarray(-4);
    const found = Buffer.concat([before, this.#input]).indexOf(END);
    const taken = found < 0 ? this.#input.length : found + END.length - before.length;
    pieces.push(this.#input.subarray(0, taken));
    this.#input = this.#input.subarray(taken);
    if (found < 0) return false;
    this.#pieces = null;
    const octets = undouble(Buffer.concat(pieces).subarray(2, -3));
    if (this.#socket.destroyed || !this.#socket.writable) return false;
    this.#say(REPLIES.ok);
    this.#rules.took({ ...readLetter(octets, this.#from), to: this.#to, client: this.#client });
    return true;
  }
}

const pathIn = (command: string): string => /:\s*<([^>]*)>/.exec(command)?.[1] ?? '';

/** RFC 5321 §4.5.2. */
const undouble = (octets: Buffer): Buffer =>
  Buffer.from(octets.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1');
