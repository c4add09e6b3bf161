/**
 * Collects the body of one message as it arrives: in memory while it is small, beyond `memoryBytes` in a file, by large
 * writes. What it is given is copied. Over `maxBytes` it only counts. The file lies where the spool can take it over by
 * renaming; `discard` removes it when nobody did.
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

export class MessageData {
  sizeBytes = 0;
  readonly #options: MessageDataOptions;
  #chunks: Buffer[] = [];
  #ascii = true;
  readonly #hopCounter = new HopCounter();
  #blocks: Blocks | undefined;
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
    return this.#blocks !== undefined;
  }

  get tooBig(): boolean {
    return this.sizeBytes > this.#options.maxBytes;
  }

  /** Takes a piece, which is the caller's again. A promise asks to wait before the next one; it never rejects. */
  push(piece: Buffer): Promise<void> | undefined {
    this.sizeBytes += piece.length;
    if (this.tooBig || this.#fault) {
      this.#chunks = [];
      this.#blocks?.drop();
      return undefined;
    }
    if (this.#ascii && !isAscii(piece)) this.#ascii = false;
    if (this.sizeBytes <= this.#options.memoryBytes) {
      this.#chunks.push(copyOf(piece));
      return undefined;
    }
    this.#blocks ??= this.#beginFile();
    this.#blocks.add(piece);
    if (!this.#hash) this.#blocks.end();
    if (this.#blocks.full.length === 0) return undefined;
    this.#writing ??= this.#spill().finally(() => (this.#writing = undefined));
    return this.#blocks.full.length > 0 ? this.#writing : undefined;
  }

  #beginFile(): Blocks {
    const blocks = new Blocks();
    blocks.full.push(...this.#chunks);
    this.#chunks = [];
    return blocks;
  }

  async #spill(): Promise<void> {
    const blocks = this.#blocks!;
    try {
      if (!this.#hash) {
        this.#hash = createHash('sha256');
        const path = this.#options.newPath();
        this.#file = await open(path, 'wx', 0o600);
        this.#path = path;
      }
      while (blocks.full.length > 0 && this.#file) {
        const batch = blocks.full;
        blocks.full = [];
        for (const chunk of batch) {
          this.#hash.update(chunk);
          this.#hopCounter.add(chunk);
        }
        const { bytesWritten } = await this.#file.writev(batch);
        // A disk that fills up takes part of a write and says so only this way.
        if (bytesWritten < sizeOf(batch))
          throw new Error(`${this.#path}: the disk took only part of a message`);
        blocks.written(batch);
      }
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
    this.#blocks?.end();
    await this.#spill();
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

/** What a write to the file takes, but for the first and the last one: each of them wakes another thread. */
const BLOCK_BYTES = 262_144;

/** Octets on their way to a file: one block is filled while another is written, and both are used again. */
class Blocks {
  /** To be written, in order. */
  full: Buffer[] = [];
  #filling: Buffer | undefined;
  #filled = 0;
  #spare: Buffer | undefined;

  add(piece: Buffer): void {
    for (let from = 0; from < piece.length;) {
      const block = (this.#filling ??= this.#take());
      const count = piece.copy(block, this.#filled, from);
      from += count;
      this.#filled += count;
      if (this.#filled === block.length) this.end();
    }
  }

  /** What is there of a block is to be written. */
  end(): void {
    if (this.#filling) this.full.push(this.#filling.subarray(0, this.#filled));
    this.#filling = undefined;
    this.#filled = 0;
  }

  written(batch: readonly Buffer[]): void {
    this.#spare ??= batch.find(({ length }) => length === BLOCK_BYTES);
  }

  drop(): void {
    this.full = [];
    this.#filling = this.#spare = undefined;
    this.#filled = 0;
  }

  #take(): Buffer {
    const block = this.#spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#spare = undefined;
    return block;
  }
}

function copyOf(octets: Buffer): Buffer {
  const copy = Buffer.allocUnsafe(octets.length);
  copy.set(octets);
  return copy;
}

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
