/**
 * Remembers what was made of chunks of octets, one chunk for each length, so that what a peer repeats is not parsed again. A host
 * says the same few things with every message, and they differ in length more often than not.
 */
const MOST_CHUNKS = 32;
const MOST_BYTES = 256;

interface Known<T> {
  readonly octets: Buffer;
  readonly value: T;
}

export class KnownChunks<T> {
  readonly #byLength = new Map<number, Known<T>>();

  /** What was kept for the same octets; undefined if nothing was, or if a later chunk of this length took its place. */
  find(chunk: Buffer): T | undefined {
    const known = this.#byLength.get(chunk.length);
    return known?.octets.equals(chunk) ? known.value : undefined;
  }

  /** Keeps a copy of the chunk. A chunk of more than 256 octets is not kept; the 33rd length forgets all others. */
  keep(chunk: Buffer, value: T): void {
    if (chunk.length > MOST_BYTES) return;
    if (this.#byLength.size >= MOST_CHUNKS) this.#byLength.clear();
    this.#byLength.set(chunk.length, { octets: Buffer.from(chunk), value });
  }
}
