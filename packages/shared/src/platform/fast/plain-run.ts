/**
 * Finds where a run of octets within a line ends, four octets at a time. It serves chunks and parts of chunks that `line-scan.ts`
 * cannot skip.
 */
const CR = 13;

/** 14 in each of the four octets of a word. */
const AFTER_CR = 0x0e0e0e0e;
const TOP_BITS = 0x80808080;
/** From this size on, making a view of words is worth it. */
const LONG_BYTES = 128;

export class PlainRun {
  readonly #chunk: Buffer;
  readonly #words: Int32Array | undefined;
  /** Octets of the chunk before its first whole word. */
  readonly #before: number;

  constructor(chunk: Buffer) {
    this.#chunk = chunk;
    this.#before = -chunk.byteOffset & 3;
    if (chunk.length >= LONG_BYTES)
      this.#words = new Int32Array(
        chunk.buffer,
        chunk.byteOffset + this.#before,
        (chunk.length - this.#before) >> 2,
      );
  }

  /** The place of the first octet from `at` on that is at most CR (13); the length of the chunk if there is none. */
  endAfter(at: number): number {
    const chunk = this.#chunk;
    const words = this.#words;
    if (words) {
      for (; ((at - this.#before) & 3) !== 0; at += 1) if (at >= chunk.length || chunk[at]! <= CR) return at;
      let word = (at - this.#before) >> 2;
      // When 14 is subtracted from each octet of a word, an octet below 14 borrows and so sets its top bit. An octet of 128
      // or more has that bit before, so it is masked out. A borrow from a lower octet needs one below 14 there.
      for (; word < words.length; word += 1) {
        const octets = words[word]!;
        if (((octets - AFTER_CR) & ~octets & TOP_BITS) !== 0) break;
      }
      at = this.#before + (word << 2);
    }
    while (at < chunk.length && chunk[at]! > CR) at += 1;
    return at;
  }
}

/** What `new PlainRun(chunk).endAfter(at)` returns, one octet at a time. */
export function plainRunEndSimple(chunk: Buffer, at: number): number {
  while (at < chunk.length && chunk[at]! > CR) at += 1;
  return at;
}
