/**
 * A map for what comes and goes by the thousand, and leaves nothing behind.
 *
 * A Map that loses keys moves to a new table now and then, and V8 links each table to the next. Once one of them is old, all
 * that the tables after it ever held is taken for alive, until the whole heap is marked: with messages and sessions in
 * them that was three times as often. Here a table has cells, and what leaves the map leaves its cell.
 */
export class PassingMap<V> {
  readonly #cells = new Map<string, { value: V | undefined }>();

  get size(): number {
    return this.#cells.size;
  }

  get(key: string): V | undefined {
    return this.#cells.get(key)?.value;
  }

  has(key: string): boolean {
    return this.#cells.has(key);
  }

  set(key: string, value: V): void {
    const cell = this.#cells.get(key);
    if (cell) cell.value = value;
    else this.#cells.set(key, { value });
  }

  delete(key: string): void {
    const cell = this.#cells.get(key);
    if (!cell) return;
    cell.value = undefined;
    this.#cells.delete(key);
  }

  /** In the order they came; what leaves meanwhile is left out. */
  *values(): Iterable<V> {
    for (const { value } of this.#cells.values()) if (value !== undefined) yield value;
  }
}
