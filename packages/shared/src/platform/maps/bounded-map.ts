/** A map of so many entries and no more: the one that was set the longest ago goes first. */
export class BoundedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #most: number;
  /** Goes on where it was: from the front it would pass over all that was deleted, each time. */
  #oldest = this.#entries.keys();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#most) this.#entries.delete(this.#nextOldest());
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** The one that was set the longest ago first. */
  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  entries(): Iterable<[string, V]> {
    return this.#entries.entries();
  }

  #nextOldest(): string {
    const { value, done } = this.#oldest.next();
    if (!done) return value;
    this.#oldest = this.#entries.keys();
    return this.#oldest.next().value!;
  }
}
