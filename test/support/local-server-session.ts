/**
 * One connection to a local server of tests: it takes messages, or refuses as it is told, and describes what it took.
 * Messages are read as they are, octet for octet; only the doubled dots are undone.
 */
import type { Socket } from 'node:net';
import { digestOf, MARK } from './messages.ts';

export interface Delivery {
  /** The mark of the message; of a notice about it, the mark that it quotes; '' where there is none. */
  readonly id: string;
  /** A message from the null reverse-path that is not itself the marked one: a DSN. */
  readonly isNotice: boolean;
  readonly from: string;
  readonly to: readonly string[];
  /** The MAIL and RCPT commands. */
  readonly mail: string;
  readonly rcpts: readonly string[];
  /** Of the octets from the mark on. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** What stands before the mark; of a notice, its first 64 KB. */
  readonly head: string;
  /** The name its client gave in EHLO. */
  readonly client: string;
  /** Where its client connected from. */
  readonly address: string;
  /** When it was taken, by Date.now(). */
  readonly at: number;
}

/** What to reply instead of taking: `550 5.1.1 No such user`; undefined takes. */
export interface Manners {
  greeting?: (address: string) => string | undefined;
  /** An extension it does not offer. */
  lacks?: string;
  mail?: (from: string) => string | undefined;
  rcpt?: (to: string, from: string) => string | undefined;
  message?: (delivery: Delivery) => string | undefined;
  /** How long it takes over a message before it replies. */
  messageMs?: number;
}

/** What a conversation needs of its server. */
export interface Desk {
  manners(): Manners;
  asked(): void;
  /** Gives the reply to a final dot, now or later; the message is taken unless it is refused. */
  conclude(socket: Socket, delivery: Delivery, refusal: string | undefined): void;
}

const EXTENSIONS = ['PIPELINING', 'SIZE 60000000', '8BITMIME', 'SMTPUTF8', 'DSN', 'ENHANCEDSTATUSCODES'];
const helloOf = ({ lacks }: Manners): string =>
  ['sink.test', ...EXTENSIONS.filter((name) => name !== lacks)]
    .map((line, i, { length }) => `250${i < length - 1 ? '-' : ' '}${line}`)
    .join('\r\n');
const END = Buffer.from('\r\n.\r\n');
const NONE = Buffer.alloc(0);

/** One connection. */
export class Conversation {
  readonly #socket: Socket;
  readonly #desk: Desk;
  #input: Buffer = NONE;
  /** The pieces of the message under way, the CRLF before its first line included. */
  #message: Buffer[] | null = null;
  #client = '';
  #mail = '';
  #rcpts: string[] = [];

  constructor(socket: Socket, desk: Desk) {
    this.#socket = socket;
    this.#desk = desk;
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece: Buffer) => {
      this.#input = this.#input.length > 0 ? Buffer.concat([this.#input, piece]) : piece;
      while (!socket.destroyed && (this.#message ? this.#takeMessage(this.#message) : this.#takeLine()));
    });
    const unwelcome = desk.manners().greeting?.(socket.remoteAddress ?? '');
    if (unwelcome === undefined) this.#say('220 sink.test ESMTP');
    else socket.end(`${unwelcome}\r\n`);
  }

  #say(line: string): void {
    if (!this.#socket.destroyed) this.#socket.write(`${line}\r\n`);
  }

  /** @returns whether there may be more to take */
  #takeLine(): boolean {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.toString('utf8', 0, end);
    this.#input = this.#input.subarray(end + 2);
    this.#obey(line);
    return true;
  }

  #obey(line: string): void {
    const { manners } = this.#desk;
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        this.#client = line.slice(5);
        return this.#say(helloOf(manners()));
      case 'MAIL': {
        const refusal = manners().mail?.(pathIn(line));
        if (refusal === undefined) [this.#mail, this.#rcpts] = [line, []];
        return this.#say(refusal ?? '250 2.1.0 OK');
      }
      case 'RCPT': {
        this.#desk.asked();
        const refusal = manners().rcpt?.(pathIn(line), pathIn(this.#mail));
        if (refusal === undefined) this.#rcpts.push(line);
        return this.#say(refusal ?? '250 2.1.5 OK');
      }
      case 'DATA':
        if (this.#rcpts.length === 0) return this.#say('503 5.5.1 No recipients');
        this.#message = [Buffer.from('\r\n')];
        return this.#say('354 Go on');
      case 'RSET':
        this.#rcpts = [];
        return this.#say('250 2.0.0 OK');
      case 'QUIT':
        return void this.#socket.end('221 2.0.0 Bye\r\n');
      default:
        return this.#say('250 2.0.0 OK');
    }
  }

  #takeMessage(pieces: Buffer[]): boolean {
    if (this.#input.length === 0) return false;
    // The end may lie across two pieces: up to four of its octets in what came before.
    const before = Buffer.concat(pieces.slice(-4).map((piece) => piece.subarray(-4))).subarray(-4);
    const joined = Buffer.concat([before, this.#input]);
    const found = joined.indexOf(END);
    if (found < 0) {
      pieces.push(this.#input);
      this.#input = NONE;
      return false;
    }
    const taken = found + END.length - before.length;
    pieces.push(this.#input.subarray(0, taken));
    this.#input = this.#input.subarray(taken);
    this.#message = null;
    const octets = undouble(Buffer.concat(pieces).subarray(2, -3));
    const delivery = this.#describe(octets);
    this.#desk.conclude(this.#socket, delivery, this.#desk.manners().message?.(delivery));
    return true;
  }

  #describe(octets: Buffer): Delivery {
    const start = markIn(octets);
    const from = pathIn(this.#mail);
    const beginning = octets.toString('latin1', 0, 64 * 1024);
    return {
      id: new RegExp(`^${MARK}: *([\\w-]+)`, 'm').exec(beginning.slice(Math.max(start, 0)))?.[1] ?? '',
      isNotice: start < 0 && from === '',
      from,
      to: this.#rcpts.map(pathIn),
      mail: this.#mail,
      rcpts: this.#rcpts,
      digest: digestOf(octets.subarray(Math.max(start, 0))),
      sizeBytes: octets.length,
      head: start < 0 ? beginning : octets.toString('latin1', 0, start),
      client: this.#client,
      address: this.#socket.remoteAddress ?? '',
      at: Date.now(),
    };
  }
}

/** Where the mark stands in the header section; -1 otherwise. */
function markIn(octets: Buffer): number {
  for (let at = 0; at < octets.length;) {
    const end = octets.indexOf('\r\n', at);
    const line = octets.toString('latin1', at, end < 0 ? octets.length : end);
    if (line.startsWith(`${MARK}:`)) return at;
    if (end < 0 || line === '') return -1;
    at = end + 2;
  }
  return -1;
}

const pathIn = (command: string): string => /:\s*<([^>]*)>/.exec(command)?.[1] ?? '';

function undouble(octets: Buffer): Buffer {
  if (octets[0] !== DOT && !octets.includes('\r\n.')) return octets;
  return Buffer.from(octets.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1');
}

const DOT = 46;
