/**
 * Collects the body of one message as it arrives: in memory while it is small, beyond `memoryBytes` in a file, by large
 * writes. Over `maxBytes` it only counts. The file lies where the spool can take it over by renaming; `discard` removes
 * it when nobody did.
 */
import { createHash, type Hash } from 'node:crypto';
import { isAscii } from 'node:buffer';
import { open, rm, type FileHandle } from 'node:fs/promises';
import type { Body } from '../values/body.ts';
import { HopCounter, countReceived } from './received.ts';

export interface MessageDataOptions {
  readonly maxBytes: number;
  readonly memoryBytes: number;
  /** Gives the path for the file, should one be needed. */
  newPath(): string;
}

/** What a write to the file takes at least, the last one excepted: each of them wakes another thread. */
const WRITE_BYTES = 262_144;

export class MessageData {
  sizeBytes = 0;
  readonly #options: MessageDataOptions;
  #chunks: Buffer[] = [];
  /** Of the chunks. */
  #waitingBytes = 0;
  #ascii = true;
  readonly #hopCounter = new HopCounter();
  #hash: Hash | undefined;
  #file: FileHandle | undefined;
  #path = '';
  #writing: Promise<void> | undefined;
  #fault: Error | undefined;

  constructor(options: MessageDataOptions) {
    this.#options = options;
  }

  /** There is, or will be, a file to discard. */
  get isFile(): boolean {
    return this.#hash !== undefined || this.#writing !== undefined;
  }

  get tooBig(): boolean {
    return this.sizeBytes > this.#options.maxBytes;
  }

  /** Takes a piece. A promise asks the caller to wait before the next one; it never rejects. */
  push(piece: Buffer): Promise<void> | undefined {
    this.sizeBytes += piece.length;
    if (this.tooBig || this.#fault) {
      this.#chunks = [];
      this.#waitingBytes = 0;
      return undefined;
    }
    if (this.#ascii && !isAscii(piece)) this.#ascii = false;
    this.#chunks.push(piece);
    this.#waitingBytes += piece.length;
    if (this.#writing) return this.#writing;
    if (this.isFile ? this.#waitingBytes < WRITE_BYTES : this.sizeBytes <= this.#options.memoryBytes)
      return undefined;
    return (this.#writing = this.#spill(WRITE_BYTES).finally(() => (this.#writing = undefined)));
  }

  /** Writes what waits, as long as it is so much; at first all of it. */
  async #spill(leastBytes: number): Promise<void> {
    try {
      if (!this.#hash) {
        this.#hash = createHash('sha256');
        const path = this.#options.newPath();
        this.#file = await open(path, 'wx', 0o600);
        this.#path = path;
      }
      if (!this.#file) return;
      do {
        const batch = this.#chunks;
        this.#chunks = [];
        this.#waitingBytes = 0;
        for (const chunk of batch) {
          this.#hash.update(chunk);
          this.#hopCounter.add(chunk);
        }
        const { bytesWritten } = await this.#file.writev(batch);
        // A disk that fills up takes part of a write and says so only this way.
        if (bytesWritten < sizeOf(batch))
          throw new Error(`${this.#path}: the disk took only part of a message`);
      } while (this.#waitingBytes >= leastBytes);
    } catch (error) {
      this.#fault ??= error as Error;
    }
  }

  /**
   * The whole message. Not synced yet: that is the spool's work.
   * @param isTransparent that no line of it begins with a dot
   * @throws what writing the file threw, `ENOSPC` above all
   */
  finish(isTransparent = false): Body | Promise<Body> {
    return this.isFile
      ? this.#finishFile()
      : new MemoryBody(this.#chunks, this.sizeBytes, !this.#ascii, isTransparent);
  }

  async #finishFile(): Promise<Body> {
    await this.#writing;
    if (this.#waitingBytes > 0) await this.#spill(1);
    await this.#file?.close().catch((error: unknown) => (this.#fault ??= error as Error));
    this.#file = undefined;
    if (this.#fault) throw this.#fault;
    return {
      sizeBytes: this.sizeBytes,
      sha256: this.#hash!.digest('hex'),
      path: this.#path,
      hops: this.#hopCounter.hops,
      eightBit: !this.#ascii,
    };
  }

  /**
   * Removes the file, if there is one and the spool did not take it.
   * @throws when the file is there and cannot be removed
   */
  async discard(): Promise<void> {
    await this.#writing;
    await this.#file?.close().catch(() => undefined);
    if (this.#path) await rm(this.#path, { force: true });
  }
}

const sizeOf = (chunks: readonly Buffer[]): number => chunks.reduce((sum, { length }) => sum + length, 0);

/** A body in memory. Its hash is wanted only when it is queued, so it waits to be asked. */
class MemoryBody implements Body {
  readonly chunks: readonly Buffer[];
  readonly sizeBytes: number;
  readonly eightBit: boolean;
  readonly isTransparent: boolean;
  #sha256: string | undefined;

  constructor(chunks: readonly Buffer[], sizeBytes: number, eightBit: boolean, isTransparent = false) {
    this.chunks = chunks;
    this.sizeBytes = sizeBytes;
    this.eightBit = eightBit;
    this.isTransparent = isTransparent;
  }

  get sha256(): string {
    if (this.#sha256 === undefined) {
      const hash = createHash('sha256');
      for (const chunk of this.chunks) hash.update(chunk);
      this.#sha256 = hash.digest('hex');
    }
    return this.#sha256;
  }

  get hops(): number {
    return countReceived(this.chunks);
  }
}

/** A body made of octets at hand: a message of our own, a test's. */
export function bodyOf(octets: Buffer): Body {
  return new MemoryBody([octets], octets.length, !isAscii(octets));
}
