/**
 * One query put to one DNS server. Over UDP, three times in the first half of the time, and over TCP when the answer is
 * truncated (RFC 7766 §5) or UDP brought none until then. Ends within `timeoutMs`, in the message that answers the query
 * or in a `DnsSilence` that says how the server failed. Answers to other questions are passed over.
 */
import { formatHostPort } from '../network/addresses.ts';
import type { HostPort } from '../network/addresses.ts';
import { composeQuery, hostName, MalformedMessage, parseMessage } from './dns-message.ts';
import type { DnsMessage, DnsType, QueryFlags } from './dns-message.ts';
import { TcpExchange } from './tcp-exchange.ts';
import type { UdpListener, UdpPlace, UdpSockets } from './udp-sockets.ts';

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
/** In sixths of the time: three tries, then TCP, then the end. */
const TCP_AT = 3;
const END_AT = 6;

export interface ExchangeOptions {
  readonly flags: QueryFlags;
  readonly timeoutMs: number;
  readonly sockets: UdpSockets;
}

export class DnsExchange implements UdpListener {
  readonly answer: Promise<DnsMessage>;
  readonly #settle = Promise.withResolvers<DnsMessage>();
  readonly #server: HostPort;
  readonly #question: DnsQuestion;
  readonly #octets: Buffer;
  readonly #udp: UdpPlace;
  readonly #until: number;
  readonly #pulse: NodeJS.Timeout;
  #sixths = 0;
  #tcp: TcpExchange | undefined;
  #isTruncated = false;

  constructor(server: HostPort, question: DnsQuestion, { flags, timeoutMs, sockets }: ExchangeOptions) {
    this.answer = this.#settle.promise;
    this.#server = server;
    this.#question = { ...question, name: hostName(question.name) };
    this.#until = performance.now() + timeoutMs;
    this.#octets = composeQuery(0, question, flags);
    this.#udp = sockets.enter(server, this);
    this.#octets.writeUInt16BE(this.#udp.id);
    this.#pulse = setInterval(() => this.#beat(), timeoutMs / END_AT);
    this.#udp.send(this.#octets);
  }

  /** A datagram with the number of this query. */
  hear(octets: Buffer): void {
    const message = this.#read(octets);
    if (!message?.isTruncated) return message && this.#succeed(message);
    this.#isTruncated = true;
    this.#askOverTcp();
  }

  /** The server cannot be reached, or nobody waits for the answer any more. */
  fail(error: NodeJS.ErrnoException): void {
    this.#fail(error.code ?? 'EBADRESP', wordsFor(error));
  }

  #beat(): void {
    this.#sixths += 1;
    if (this.#sixths < UDP_TRIES) this.#udp.send(this.#octets);
    else if (this.#sixths === TCP_AT) this.#askOverTcp();
    else if (this.#sixths >= END_AT) this.#fail('ETIMEOUT', 'gives no answer in time');
  }

  #askOverTcp(): void {
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
    if (octets.length < 2 || octets.readUInt16BE(0) !== this.#udp.id) return undefined;
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
    clearInterval(this.#pulse);
    this.#tcp?.close();
    this.#udp.leave();
  }
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ETIMEOUT: 'gives no answer in time',
  ENETUNREACH: 'cannot be reached from this network',
  EHOSTUNREACH: 'cannot be reached',
  ECANCELLED: 'is not waited for any more',
  ECONNRESET: 'resets the connection',
};

const wordsFor = (error: NodeJS.ErrnoException): string => words[error.code ?? ''] ?? error.message;
