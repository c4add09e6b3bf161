/**
 * One DNS message over TCP and the message that answers it (RFC 7766), a connection for each. Two octets of length go before
 * a message (RFC 1035 §4.2.2). Rejects when the connection fails, or when `timeoutMs` are over (`ETIMEOUT`).
 */
import net from 'node:net';
import type { HostPort } from '../network/addresses.ts';

export class TcpExchange {
  readonly answer: Promise<Buffer>;
  readonly #settle = Promise.withResolvers<Buffer>();
  readonly #socket: net.Socket;
  readonly #deadline: NodeJS.Timeout;
  #received: Buffer = Buffer.alloc(0);

  constructor(server: HostPort, message: Buffer, timeoutMs: number) {
    this.answer = this.#settle.promise;
    this.#deadline = setTimeout(
      () => this.#fail(coded(`gives no answer within ${timeoutMs} ms`, 'ETIMEOUT')),
      timeoutMs,
    );
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    this.#socket = net
      .connect(server, () => this.#socket.write(Buffer.concat([length, message])))
      .on('data', (octets: Buffer) => this.#take(octets))
      .on('error', (error) => this.#fail(error))
      .on('close', () => this.#fail(coded('closes the connection without an answer', 'EOF')));
  }

  /** Without an answer by then it never settles. */
  close(): void {
    clearTimeout(this.#deadline);
    this.#socket.removeAllListeners().on('error', () => undefined);
    this.#socket.destroy();
  }

  #take(octets: Buffer): void {
    this.#received = Buffer.concat([this.#received, octets]);
    if (this.#received.length < 2) return;
    const end = 2 + this.#received.readUInt16BE(0);
    if (this.#received.length < end) return;
    this.close();
    this.#settle.resolve(this.#received.subarray(2, end));
  }

  #fail(error: Error): void {
    this.close();
    this.#settle.reject(error);
  }
}

const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code });
