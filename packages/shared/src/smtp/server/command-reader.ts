/**
 * Splits what a client sends into command lines and, between `startData` and the final dot, message octets, or the octets
 * of a chunk (RFC 3030), of which nothing but their number is looked at.
 *
 * It stands in for smtp-server's SMTPStream, whose loop over every octet is half of the CPU of a 50 KB message
 * and which lets bare CR and LF through. A socket is piped into it, so it has of a stream what a pipe asks for:
 * `write`, `end` and the event `drain`. A Writable would spend a tick of the event loop on every chunk.
 */
import { EventEmitter } from 'node:events';
import type { DataDecoder } from './data-decoder.ts';
import { TLS_HANDSHAKE } from './foreign-protocol.ts';

const LF = 10;
const CR = 13;
const EMPTY = Buffer.alloc(0);

export interface DataSink {
  /** Takes decoded octets, which are lent; a promise holds back the client. */
  push(piece: Buffer): Promise<void> | undefined;
  /** The final dot was seen. Reading goes on after `resume`. */
  end(): void;
}

export interface ChunkSink {
  /** Takes octets of the chunk, which are lent; a promise holds back the client. */
  take(octets: Buffer): Promise<void> | undefined;
  /** That was all. Reading goes on after `resume`. */
  end(): void;
}

export interface ReaderHooks {
  /** A command line without its line end, of octets that are lent. Reading goes on after `next`. */
  command(line: Buffer, next: () => void): void;
  lineTooLong(): void;
  /** A record of TLS stands where a command should. Nothing more is read. */
  tlsRecord(): void;
}

function copyOf(octets: Buffer): Buffer {
  const copy = Buffer.allocUnsafe(octets.length);
  copy.set(octets);
  return copy;
}

/** What a client may have sent ahead while it waits for an answer, before the network is told to hold it back. */
const MOST_AHEAD = 65_536;

export class CommandReader extends EventEmitter {
  /** Set by the owner: nothing more is to be read. */
  isClosed = false;
  readonly #hooks: ReaderHooks;
  readonly #maxLine: number;
  #input: Buffer = EMPTY;
  /** The writer was told to wait for `drain`. */
  #holdsBack = false;
  #decoder: DataDecoder | undefined;
  #sink: DataSink | undefined;
  #chunk: ChunkSink | undefined;
  /** Octets of the chunk that have not come yet. */
  #chunkBytes = 0;
  #busy = false;
  #ready = true;
  /** What was handed on has not found its place yet. */
  #isPressed = false;

  constructor(hooks: ReaderHooks, maxLine = 12_288) {
    super();
    this.#hooks = hooks;
    this.#maxLine = maxLine;
  }

  /** Something was said that no line end follows yet. */
  get isWithinLine(): boolean {
    return this.#input.length > 0;
  }

  /** From the next octet on it is a message, until the final dot. */
  startData(decoder: DataDecoder, sink: DataSink): void {
    this.#sink = sink;
    this.#decoder = decoder;
  }

  /** The next octets are a chunk, so many of them. */
  startChunk(sizeBytes: number, sink: ChunkSink): void {
    this.#chunk = sink;
    this.#chunkBytes = sizeBytes;
  }

  /** After an `end`: commands follow again. */
  resume(): void {
    this.#ready = true;
    this.#isPressed = false;
    this.#work();
  }

  /**
   * @param chunk is the writer's again when this returns
   * @returns false when the writer should wait for `drain`
   */
  write(chunk: Buffer): boolean {
    this.#input = this.#input.length > 0 ? Buffer.concat([this.#input, chunk]) : chunk;
    this.#work();
    if (this.#input.length > 0) this.#input = copyOf(this.#input);
    this.#holdsBack = this.#waits && (this.#isPressed || this.#input.length >= MOST_AHEAD);
    return !this.#holdsBack;
  }

  /** The client has said all it will say. */
  end(): void {}

  get #waits(): boolean {
    return !this.#ready && !this.isClosed;
  }

  #work(): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#ready && !this.isClosed && this.#readOn());
    } finally {
      this.#busy = false;
    }
    if (this.isClosed) this.#input = EMPTY;
    if (!this.#holdsBack || this.#waits) return;
    this.#holdsBack = false;
    this.emit('drain');
  }

  /** @returns whether there may be more to do with the input at hand */
  #readOn(): boolean {
    if (this.#sink) return this.#readData(this.#sink);
    return this.#chunk ? this.#readChunk(this.#chunk) : this.#readLine();
  }

  #readLine(): boolean {
    if (this.#input[0] === TLS_HANDSHAKE) {
      this.isClosed = true;
      this.#hooks.tlsRecord();
      return false;
    }
    const end = this.#input.indexOf(LF);
    if (end < 0 ? this.#input.length > this.#maxLine : end > this.#maxLine) {
      this.isClosed = true;
      this.#hooks.lineTooLong();
      return false;
    }
    if (end < 0) return false;
    const line = this.#input.subarray(0, end > 0 && this.#input[end - 1] === CR ? end - 1 : end);
    this.#input = end + 1 === this.#input.length ? EMPTY : this.#input.subarray(end + 1);
    this.#ready = false;
    this.#hooks.command(line, () => {
      this.#ready = true;
      this.#work();
    });
    return this.#ready;
  }

  #readData(sink: DataSink): boolean {
    if (this.#input.length === 0 || !this.#decoder) return false;
    let pressure: Promise<void> | undefined;
    const rest = this.#decoder.feed(this.#input, (piece) => {
      pressure = sink.push(piece) ?? pressure;
    });
    this.#input = rest ?? EMPTY;
    if (rest) {
      this.#ready = false;
      this.#sink = undefined;
      sink.end();
      return this.#ready;
    }
    return this.#waitFor(pressure);
  }

  #readChunk(sink: ChunkSink): boolean {
    if (this.#chunkBytes === 0) {
      this.#chunk = undefined;
      this.#ready = false;
      sink.end();
      return this.#ready;
    }
    if (this.#input.length === 0) return false;
    const octets = this.#input.subarray(0, this.#chunkBytes);
    this.#input = this.#input.subarray(octets.length);
    this.#chunkBytes -= octets.length;
    return this.#waitFor(sink.take(octets));
  }

  #waitFor(pressure: Promise<void> | undefined): boolean {
    if (!pressure) return true;
    this.#ready = false;
    this.#isPressed = true;
    void pressure.then(() => this.resume());
    return false;
  }
}
