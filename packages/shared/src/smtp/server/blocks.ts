/** The octets of one message, in blocks that are lent by a pool. */
import { BLOCK_BYTES, type BlockPool } from '../../platform/memory/block-pool.ts';

export class Blocks {
  /** What there is, in order, without the block that is being filled. */
  full: Buffer[] = [];
  readonly #pool: BlockPool;
  /** By their memory: what is `full` may be the first part of one. */
  readonly #lent = new Map<ArrayBufferLike, Buffer>();
  #filling: Buffer | undefined;
  #filled = 0;

  constructor(pool: BlockPool) {
    this.#pool = pool;
  }

  static countFor(sizeBytes: number): number {
    return Math.ceil(sizeBytes / BLOCK_BYTES);
  }

  /** Blocks that have to be taken for so many octets more. */
  missingFor(sizeBytes: number): number {
    const left = this.#filling ? BLOCK_BYTES - this.#filled : 0;
    return Blocks.countFor(Math.max(0, sizeBytes - left));
  }

  /** Copies a piece. */
  add(piece: Buffer): void {
    for (let from = 0; from < piece.length;) {
      const block = (this.#filling ??= this.#take());
      const count = piece.copy(block, this.#filled, from);
      from += count;
      this.#filled += count;
      if (this.#filled === BLOCK_BYTES) this.end();
    }
  }

  /** Octets of which no block is made. */
  addApart(octets: Buffer): void {
    this.end();
    this.full.push(octets);
  }

  /** What there is of a block counts as full. */
  end(): void {
    if (this.#filling) this.full.push(this.#filling.subarray(0, this.#filled));
    this.#filling = undefined;
    this.#filled = 0;
  }

  /** Gives all that is full away for the time of a write; then its blocks are the pool's again. */
  async handOn(write: (batch: readonly Buffer[]) => Promise<void>): Promise<void> {
    const batch = this.full;
    this.full = [];
    const blocks: Buffer[] = [];
    for (const { buffer } of batch) {
      const block = this.#lent.get(buffer);
      if (block) blocks.push(block);
      this.#lent.delete(buffer);
    }
    try {
      await write(batch);
    } finally {
      this.#pool.giveBack(blocks);
    }
  }

  /** All of it is no longer needed. What was handed on comes back when it is written. */
  drop(): void {
    this.full.length = 0;
    this.#filling = undefined;
    this.#filled = 0;
    if (this.#lent.size === 0) return;
    this.#pool.giveBack(this.#lent.values());
    this.#lent.clear();
  }

  #take(): Buffer {
    const block = this.#pool.take();
    this.#lent.set(block.buffer, block);
    return block;
  }
}
