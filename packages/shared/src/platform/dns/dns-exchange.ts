/**
 * One query put to one DNS server. Over UDP, three times in the first half of the time, and over TCP when the answer is
 * truncated (RFC 7766 §5) or UDP brought none until then. Ends within `timeoutMs`, in the message that answers the query
 * or in a `DnsSilence` that says how the server failed. Answers to other questions are passed over.
 */
import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';
import { formatHostPort } from '../network/addresses.ts';
import type { HostPort } from '../network/addresses.ts';
import { composeQuery, hostName, MalformedMessage, parseMessage } from './dns-message.ts';
import type { DnsMessage, DnsType, QueryFlags } from './dns-message.ts';
import { TcpExchange } from './tcp-exchange.ts';

export interface DnsQuestion {
  readonly name: string;
  readonly type: DnsType;
}

/** There is no reply, which says nothing about the records. */
export class DnsSilence extends Error {
  override name = 'DnsSilence';
  /** `ETIMEOUT`, `ECONNREFUSED`, `EBADRESP` for nonsense … */
  readonly code: string;

  constructor(message: string, code = 'ETIMEOUT') {
    super(message);
    this.code = code;
  }
}

const UDP_TRIES = 3;

export class DnsExchange {
  readonly answer: Promise<DnsMessage>;
  readonly #settle = Promise.withResolvers<DnsMessage>();
  readonly #server: HostPort;
  readonly #question: DnsQuestion;
  readonly #id = randomInt(0x10000);
  readonly #octets: Buffer;
  readonly #udp: dgram.Socket;
  readonly #until: number;
  readonly #deadline: NodeJS.Timeout;
  readonly #pulse: NodeJS.Timeout;
  #tries = 0;
  #tcp: TcpExchange | undefined;
  #isTruncated = false;
  #isClosed = false;

  constructor(server: HostPort, question: DnsQuestion, flags: QueryFlags, timeoutMs: number) {
    this.answer = this.#settle.promise;
    this.#server = server;
    this.#question = { ...question, name: hostName(question.name) };
    this.#octets = composeQuery(this.#id, question, flags);
    this.#until = performance.now() + timeoutMs;
    this.#deadline = setTimeout(() => this.#fail('ETIMEOUT', 'gives no answer in time'), timeoutMs);
    this.#pulse = setInterval(() => this.#tryAgain(), timeoutMs / 2 / UDP_TRIES);
    this.#udp = dgram.createSocket(net.isIPv6(server.host) ? 'udp6' : 'udp4');
    this.#udp
      .on('error', (error: NodeJS.ErrnoException) => this.#fail(error.code ?? 'EBADRESP', wordsFor(error)))
      .on('message', (octets) => this.#hear(octets))
      .on('connect', () => this.#tryAgain())
      .connect(server.port, server.host);
  }

  /** Gives up; the answer rejects. */
  cancel(): void {
    this.#fail('ECANCELLED', 'is not waited for any more');
  }

  #tryAgain(): void {
    this.#tries += 1;
    if (this.#tries <= UDP_TRIES) return this.#udp.send(this.#octets);
    this.#askOverTcp();
  }

  #hear(octets: Buffer): void {
    const message = this.#read(octets);
    if (!message?.isTruncated) return message && this.#succeed(message);
    this.#isTruncated = true;
    this.#askOverTcp();
  }

  #askOverTcp(): void {
    clearInterval(this.#pulse);
    if (this.#tcp) return;
    this.#tcp = new TcpExchange(this.#server, this.#octets, this.#until - performance.now());
    this.#tcp.answer.then(
      (octets) => this.#hearOverTcp(octets),
      (error: NodeJS.ErrnoException) => this.#failOverTcp(error.code ?? 'EBADRESP', wordsFor(error)),
    );
  }

  #hearOverTcp(octets: Buffer): void {
    const message = this.#read(octets);
    if (message) this.#succeed(message);
    else this.#failOverTcp('EBADRESP', 'answers something else');
  }

  /** As long as nothing came over UDP, something may. */
  #failOverTcp(code: string, words: string): void {
    if (this.#isTruncated) this.#fail(code, words);
  }

  /** Undefined when it is no answer to this query. */
  #read(octets: Buffer): DnsMessage | undefined {
    if (octets.length < 2 || octets.readUInt16BE(0) !== this.#id) return undefined;
    try {
      const message = parseMessage(octets);
      return this.#answers(message) ? message : undefined;
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#fail('EBADRESP', 'answers nonsense');
      return undefined;
    }
  }

  #answers({ isResponse, question }: DnsMessage): boolean {
    const { name, type } = this.#question;
    return isResponse && (question === undefined || (question.name === name && question.type === type));
  }

  #succeed(message: DnsMessage): void {
    this.#end();
    this.#settle.resolve(message);
  }

  #fail(code: string, words: string): void {
    this.#end();
    this.#settle.reject(new DnsSilence(`${formatHostPort(this.#server)} ${words}`, code));
  }

  #end(): void {
    clearTimeout(this.#deadline);
    clearInterval(this.#pulse);
    this.#tcp?.close();
    // Listeners of the socket itself stay: without them it never closes if it is still being bound.
    for (const event of ['message', 'connect', 'error']) this.#udp.removeAllListeners(event);
    this.#udp.on('error', () => undefined);
    if (!this.#isClosed) this.#udp.close();
    this.#isClosed = true;
  }
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ETIMEOUT: 'gives no answer in time',
  ENETUNREACH: 'cannot be reached from this network',
  EHOSTUNREACH: 'cannot be reached',
  ECONNRESET: 'resets the connection',
};

const wordsFor = (error: NodeJS.ErrnoException): string => words[error.code ?? ''] ?? error.message;
