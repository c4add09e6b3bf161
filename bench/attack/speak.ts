/** SMTP as the legitimate client and the attackers speak it: from an address of their own, a command at a time, with a deadline. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Way {
  readonly host: string;
  readonly port: number;
  /** The address it comes from. */
  readonly from: string;
  /** From the first octet. */
  readonly tls: boolean;
}

export class Speaker {
  readonly socket: Socket;
  #said = '';
  #waiting: ((reply: string) => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (piece: Buffer) => {
      this.#said += piece.toString('latin1');
      if (/(?:^|\n)\d{3} [^\n]*\n$/.test(this.#said)) this.#answer(this.#said);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#answer(''));
  }

  /** @throws when it cannot connect */
  static async open({ host, port, from, tls }: Way): Promise<Speaker> {
    const socket = connect({ host, port, localAddress: from, noDelay: true });
    await once(socket, 'connect');
    if (!tls) return new Speaker(socket);
    const secure = connectTls({ socket, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    return new Speaker(secure);
  }

  /** @returns the reply; '' when the connection is closed */
  async say(words: string | Buffer): Promise<string> {
    this.#said = '';
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#waiting = resolve;
    if (this.socket.destroyed) return '';
    if (words.length > 0) this.socket.write(words);
    return promise;
  }

  close(): void {
    this.socket.destroy();
  }

  #answer(reply: string): void {
    this.#waiting?.(reply);
    this.#waiting = undefined;
  }
}
