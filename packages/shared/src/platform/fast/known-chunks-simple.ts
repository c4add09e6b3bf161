/** `KnownChunks` that forgets nothing. What `KnownChunks` finds, this finds too. */
export class KnownChunksSimple<T> {
  readonly #all = new Map<string, T>();

  find(chunk: Buffer): T | undefined {
    return this.#all.get(chunk.toString('latin1'));
  }

  keep(chunk: Buffer, value: T): void {
    this.#all.set(chunk.toString('latin1'), value);
  }
}
