/**
 * An SMTP client that says exactly what it is given, octet for octet. It shares no code with the product.
 *
 * A broken connection rejects what waits for a reply with `Disconnected`; so does silence for `REPLY_MS`.
 */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export interface Target {
  readonly host: string;
  readonly port: number;
  /** What it is called in reports; its host and port otherwise. */
  readonly name?: string;
  /** The address of this machine to come from. */
  readonly localAddress?: string;
}

export interface Reply {
  readonly code: number;
  /** The lines without their codes, joined by LF. */
  readonly text: string;
}

export class Disconnected extends Error {
  override name = 'Disconnected';
}

const REPLY_MS = 30_000;

export class SmtpClient {
  readonly greeting: Promise<Reply>;
  readonly closed: Promise<void>;
  #socket: Socket | TLSSocket;
  #input = '';
  #lines: string[] = [];
  readonly #replies: Reply[] = [];
  readonly #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = [];
  #ended: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.#listen();
    this.greeting = this.reply();
    this.greeting.catch(() => undefined);
  }

  /** Connects, without waiting for the greeting. */
  static async connect({ host, port, localAddress }: Target): Promise<SmtpClient> {
    const socket = createConnection({ host, port, noDelay: true, ...(localAddress && { localAddress }) });
    try {
      await once(socket, 'connect');
    } catch (error) {
      throw new Disconnected((error as Error).message);
    }
    return new SmtpClient(socket);
  }

  /** Connects, hears the greeting and says EHLO. @throws Disconnected also when the host does not want us */
  static async greet(target: Target, name = 'client.test'): Promise<SmtpClient> {
    const client = await SmtpClient.connect(target);
    const greeting = await client.greeting;
    const hello = greeting.code === 220 ? await client.say(`EHLO ${name}`) : greeting;
    if (hello.code === 250) return client;
    client.destroy();
    throw new Disconnected(`${hello.code} ${hello.text}`);
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /** Writes a line and gives its reply. */
  say(line: string): Promise<Reply> {
    this.send(`${line}\r\n`);
    return this.reply();
  }

  /** Writes octets as they are. */
  send(octets: string | Buffer): void {
    if (this.isOpen) this.#socket.write(octets);
  }

  /** Says DATA and gives the message, dots doubled; the reply to DATA if that is not 354. */
  async data(octets: Buffer, beforeEnd?: () => Promise<void>): Promise<Reply> {
    const go = await this.say('DATA');
    if (go.code !== 354) return go;
    const message = doubleDots(octets);
    if (!beforeEnd) {
      this.send(Buffer.concat([message, Buffer.from('.\r\n')]));
      return this.reply();
    }
    this.send(message);
    await beforeEnd();
    return this.say('.');
  }

  /** The next reply that nobody has had yet. */
  reply(): Promise<Reply> {
    const ready = this.#replies.shift();
    if (ready) return Promise.resolve(ready);
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(new Disconnected('no reply in time')), REPLY_MS);
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          settle(value);
        };
      this.#waiting.push({ resolve: settled(resolve), reject: settled(reject) });
    });
  }

  /** STARTTLS and the handshake; any certificate will do. EHLO is to be said again. */
  async startTls(): Promise<void> {
    const { code, text } = await this.say('STARTTLS');
    if (code !== 220) throw new Error(`STARTTLS was answered ${code} ${text}`);
    this.#socket.removeAllListeners('data');
    const secure = connectTls({ socket: this.#socket, rejectUnauthorized: false });
    this.#socket = secure;
    this.#listen();
    await once(secure, 'secureConnect');
  }

  async quit(): Promise<void> {
    if (this.isOpen) await this.say('QUIT').catch(() => undefined);
    this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
    this.#end(new Disconnected('closed by us'));
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('data', (piece: Buffer) => this.#take(piece.toString('utf8')));
    socket.on('error', (error: Error) => this.#end(new Disconnected(error.message)));
    socket.on('close', () => this.#end(new Disconnected('the connection was closed')));
  }

  #take(piece: string): void {
    this.#input += piece;
    for (let end = this.#input.indexOf('\n'); end >= 0; end = this.#input.indexOf('\n')) {
      const line = this.#input.slice(0, end).replace(/\r$/, '');
      this.#input = this.#input.slice(end + 1);
      this.#lines.push(line.slice(4));
      if (line[3] === '-') continue;
      const reply = { code: Number(line.slice(0, 3)), text: this.#lines.join('\n') };
      this.#lines = [];
      const waiter = this.#waiting.shift();
      if (waiter) waiter.resolve(reply);
      else this.#replies.push(reply);
    }
  }

  #end(error: Error): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** Octets as they go over the wire after DATA (RFC 5321 §4.5.2), without the final dot. */
function doubleDots(octets: Buffer): Buffer {
  if (octets[0] !== DOT && !octets.includes('\r\n.')) return octets;
  return Buffer.from(octets.toString('latin1').replace(/(^|\r\n)\./g, '$1..'), 'latin1');
}

const DOT = 46;
