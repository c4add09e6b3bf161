/**
 * One SMTP connection of our own generators, a command at a time. Every reply must be the expected one.
 *
 * Of TLS only what all candidates have is offered, so that they do the same work: version 1.3, one cipher, one curve,
 * no resumption.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Peer {
  readonly host: string;
  readonly port: number;
}

const offered = {
  minVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_256_GCM_SHA384',
  ecdhCurve: 'X25519',
  rejectUnauthorized: false,
} as const;

export class Conversation {
  #socket: Socket;
  #reply = '';
  #answer: PromiseWithResolvers<string> | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  /** Resolves when it was greeted. */
  static async open({ host, port }: Peer): Promise<Conversation> {
    const socket = connect({ port, host, noDelay: true });
    const conversation = new Conversation(socket);
    await conversation.tell('', '220');
    return conversation;
  }

  async hello(): Promise<void> {
    await this.tell('EHLO client.example\r\n', '250');
  }

  async startTls(): Promise<void> {
    await this.tell('STARTTLS\r\n', '220');
    const plain = this.#socket.off('data', this.#take).off('close', this.#fail);
    const socket = connectTls({ socket: plain, ...offered });
    await once(socket, 'secureConnect');
    this.#socket = socket;
    this.#listen(socket);
  }

  /** @throws when the reply is not the expected one, or there is none */
  async tell(said: string | Buffer, expected: string): Promise<void> {
    this.#reply = '';
    this.#answer = Promise.withResolvers<string>();
    if (said.length > 0) this.#socket.write(said);
    const reply = await this.#answer.promise;
    if (!reply.startsWith(expected))
      throw new Error(`${said.toString('latin1', 0, 40).trim()} was answered ${reply.trim()}`);
  }

  /** Called when the other side ends it, which it must not. */
  onEnd(ended: (error: Error) => void): void {
    this.#socket.on('close', () => ended(new Error('the connection was ended')));
  }

  async quit(): Promise<void> {
    await this.tell('QUIT\r\n', '221');
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    socket.on('data', this.#take).on('error', this.#fail).on('close', this.#fail);
  }

  readonly #take = (piece: Buffer): void => {
    this.#reply += piece.toString('latin1');
    if (/(?:^|\n)\d{3} [^\n]*\n$/.test(this.#reply)) this.#answer?.resolve(this.#reply);
  };

  /** Heard with an error, or when the connection is closed with what `close` tells. */
  readonly #fail = (error: unknown): void =>
    this.#answer?.reject(error instanceof Error ? error : new Error('the connection was ended'));
}
