/**
 * Memory that messages share, in blocks of one size that are used again: neither the system nor the garbage
 * collector is asked for them, which costs more than all else that is done with a large message.
 *
 * What lies in memory is never more than `mostBytes`. What is on its way to a file takes its blocks in any case: a few for
 * each session. Blocks that nobody has wanted for a while are let go, so there are never more than were wanted at a time.
 */
import { failpoints } from '../process/failpoint.ts';

export const BLOCK_BYTES = 131_072;

const LET_GO_MS = 30_000;

export class BlockPool {
  readonly #mostBytes: () => number;
  readonly #letGoMs: number;
  #free: Buffer[] = [];
  #lent = 0;
  /** So many were free all the time since the timer was set. */
  #unused = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(mostBytes: () => number, letGoMs = LET_GO_MS) {
    this.#mostBytes = mostBytes;
    this.#letGoMs = letGoMs;
  }

  get lentBytes(): number {
    return this.#lent * BLOCK_BYTES;
  }

  get freeBytes(): number {
    return this.#free.length * BLOCK_BYTES;
  }

  /** There is room for so many blocks. */
  hasRoom(blocks: number): boolean {
    return (this.#lent + blocks) * BLOCK_BYTES <= this.#mostBytes();
  }

  /** Gives a block, whether there is room or not, with whatever octets it last had. */
  take(): Buffer {
    this.#lent += 1;
    const block = this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#unused = Math.min(this.#unused, this.#free.length);
    return block;
  }

  /** Nobody reads them any more, and nothing writes to them. */
  giveBack(blocks: Iterable<Buffer>): void {
    for (const block of blocks) {
      this.#lent -= 1;
      // Whoever still reads it shall be found out.
      if (failpoints) block.fill('~');
      this.#free.push(block);
    }
    this.#watch();
  }

  #watch(): void {
    if (this.#timer || this.#free.length === 0) return;
    this.#unused = this.#free.length;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#free.length -= this.#unused;
      this.#watch();
    }, this.#letGoMs).unref();
  }
}

/** For reading files: whoever reads needs one or two. */
export const pages = new BlockPool(() => 0);
