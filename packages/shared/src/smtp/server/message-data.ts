/**
 * Collects the body of one message as it arrives: in memory while it is small or there is room in the memory that all messages
 * share, else in a file, by large writes. What it is given is copied. Over `maxBytes`, and when it was abandoned, it only counts.
 * The file lies where the spool can take it over by renaming; `discard` removes it when nobody did, and gives memory back.
 */
import { createHash, type Hash } from 'node:crypto';
import { isAscii } from 'node:buffer';
import { open, rm, type FileHandle } from 'node:fs/promises';
import type { Body } from '../../platform/values/body.ts';
import type { BlockPool } from '../../platform/memory/block-pool.ts';
import { cut } from '../../platform/memory/slabs.ts';
import { Blocks } from './blocks.ts';
import { MemoryBody } from './memory-body.ts';
import { HopCounter } from './received.ts';

export interface MessageDataOptions {
  readonly maxBytes: number;
  /** What each message may keep in memory … */
  readonly memoryBytes: number;
  /** … and the room for more than that, which all of them share. */
  readonly room: BlockPool;
  /** Nobody keeps it once it is answered: small pieces are cut from slabs. */
  readonly isBrief?: boolean;
  /** Gives the path for the file, should one be needed. */
  newPath(): string;
}

/** Up to here a message is kept as it came, in pieces. */
const SMALL_BYTES = 16_384;
/** What a write to the file takes, but for the first and the last one: each of them wakes another thread. */
const WRITE_BLOCKS = 2;

export class MessageData {
  sizeBytes = 0;
  /** Of `sizeBytes`, what the client did not send. */
  #ownBytes = 0;
  readonly #options: MessageDataOptions;
  #ascii = true;
  readonly #hopCounter = new HopCounter();
  /** A small message, or one that may be in memory without room. */
  #pieces: Buffer[] = [];
  #blocks: Blocks | undefined;
  #isFile = false;
  #hash: Hash | undefined;
  #file: FileHandle | undefined;
  #path = '';
  #writing: Promise<void> | undefined;
  #fault: Error | undefined;
  #body: MemoryBody | undefined;
  #isDiscarded = false;
  #isAbandoned = false;

  constructor(options: MessageDataOptions) {
    this.#options = options;
  }

  /** There is, or will be, a file to discard or memory to give back. */
  get isHeld(): boolean {
    return this.#blocks !== undefined;
  }

  get tooBig(): boolean {
    return this.sizeBytes - this.#ownBytes > this.#options.maxBytes;
  }

  /** Takes a few octets of our own, before all others. They do not count against `maxBytes`. */
  begin(own: Buffer): void {
    this.#ownBytes = own.length;
    void this.push(own);
  }

  /** Takes a piece, which is the caller's again. A promise asks to wait before the next one; it never rejects. */
  push(piece: Buffer): Promise<void> | undefined {
    this.sizeBytes += piece.length;
    if (this.tooBig || this.#fault || this.#isAbandoned) {
      this.#drop();
      return undefined;
    }
    if (this.#ascii && !isAscii(piece)) this.#ascii = false;
    if (!this.#isFile && this.#keep(piece)) return undefined;
    this.#isFile = true;
    const blocks = (this.#blocks ??= this.#begin());
    blocks.add(piece);
    if (!this.#hash) blocks.end();
    else if (blocks.full.length < WRITE_BLOCKS) return undefined;
    this.#writing ??= this.#spill().finally(() => (this.#writing = undefined));
    return blocks.full.length > 0 ? this.#writing : undefined;
  }

  /** In memory, if there is room for it. */
  #keep(piece: Buffer): boolean {
    const { memoryBytes, room } = this.#options;
    const isAllowed = this.sizeBytes <= memoryBytes;
    if (!this.#blocks && isAllowed && this.sizeBytes <= SMALL_BYTES) {
      this.#pieces.push(this.#copyOf(piece));
      return true;
    }
    const missing = this.#blocks ? this.#blocks.missingFor(piece.length) : Blocks.countFor(this.sizeBytes);
    if (room.hasRoom(missing)) (this.#blocks ??= this.#begin()).add(piece);
    else if (!isAllowed) return false;
    else if (this.#blocks) this.#blocks.addApart(this.#copyOf(piece));
    else this.#pieces.push(this.#copyOf(piece));
    return true;
  }

  /** From here on in blocks, what there is as well: a header section is in one piece. */
  #begin(): Blocks {
    const blocks = new Blocks(this.#options.room);
    for (const piece of this.#pieces) blocks.add(piece);
    this.#pieces = [];
    return blocks;
  }

  #copyOf(piece: Buffer): Buffer {
    const copy = this.#options.isBrief ? cut(piece.length) : Buffer.allocUnsafe(piece.length);
    copy.set(piece);
    return copy;
  }

  /** It will not be taken: from now on it only counts. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  #drop(): void {
    this.#pieces = [];
    this.#blocks?.drop();
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
      while (blocks.full.length > 0 && this.#file) await blocks.handOn((batch) => this.#write(batch));
    } catch (error) {
      this.#fault ??= error as Error;
    }
  }

  async #write(batch: readonly Buffer[]): Promise<void> {
    for (const chunk of batch) {
      this.#hash!.update(chunk);
      this.#hopCounter.add(chunk);
    }
    const { bytesWritten } = await this.#file!.writev(batch);
    // A disk that fills up takes part of a write and says so only this way.
    if (bytesWritten < sizeOf(batch)) throw new Error(`${this.#path}: the disk took only part of a message`);
  }

  /**
   * The whole message. Not synced yet: that is the spool's work.
   * @param isTransparent that no line of it begins with a dot
   * @throws what writing the file threw, `ENOSPC` above all
   */
  finish(isTransparent = false): Body | Promise<Body> {
    if (this.#isFile) return this.#finishFile(isTransparent);
    const { sizeBytes } = this;
    this.#blocks?.end();
    return (this.#body = new MemoryBody(this.#blocks?.full ?? this.#pieces, {
      sizeBytes,
      eightBit: !this.#ascii,
      isTransparent,
      lender: this.#blocks,
    }));
  }

  async #finishFile(isTransparent: boolean): Promise<Body> {
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
      isTransparent,
    };
  }

  /**
   * Gives memory back, once nobody holds it, and removes the file, if there is one and the spool did not take it.
   * @throws when the file is there and cannot be removed
   */
  async discard(): Promise<void> {
    if (this.#isDiscarded) return;
    this.#isDiscarded = true;
    if (this.#body) this.#body.loan?.letGo();
    else this.#blocks?.drop();
    if (!this.#isFile) return;
    await this.#writing;
    await this.#file?.close().catch(() => undefined);
    if (this.#path) await rm(this.#path, { force: true });
  }
}

const sizeOf = (chunks: readonly Buffer[]): number => chunks.reduce((sum, { length }) => sum + length, 0);

/** A body made of octets at hand: a message of our own, a test's. */
export function bodyOf(octets: Buffer): Body {
  return new MemoryBody([octets], {
    sizeBytes: octets.length,
    eightBit: !isAscii(octets),
    isTransparent: false,
  });
}
