/**
 * A table of the map with layers over it: `upper` takes changes that are in the journal, `moving` holds those that are on
 * their way into the map. Nobody sees a change before it is on disk but the commit that makes it.
 */
import { Layer, type Change } from './layer.ts';
import type { Item, KeyRange, Table } from './lmdb-table.ts';

/** A change of a commit that is being put together. */
export interface Pending {
  readonly value: Buffer | null;
  /** The key was in no table before. */
  readonly isNew: boolean;
}

export class LayeredTable implements Table {
  readonly #below: Table;
  #upper = new Layer();
  #moving: Layer | undefined;
  #countBelow = 0;
  #pending: Map<string, Pending> | undefined;

  constructor(below: Table) {
    this.#below = below;
  }

  get(key: string): Buffer | undefined {
    const change = this.#changeOf(key);
    return change ? (change.value ?? undefined) : this.#below.get(key);
  }

  has(key: string): boolean {
    const change = this.#changeOf(key);
    return change ? change.value !== null : this.#below.has(key);
  }

  count(): number {
    const below = this.#moving ? this.#countBelow + this.#moving.surplus : this.#below.count();
    return below + this.#upper.surplus;
  }

  keys(range: KeyRange = {}): Iterable<string> {
    const changed = this.#changedIn(range);
    if (changed.length === 0) return this.#below.keys(range);
    const { limit, ...all } = range;
    return this.#merged(limit, changed, this.#below.keys(all), asItIs, asItIs);
  }

  items(range: KeyRange = {}): Iterable<Item> {
    const changed = this.#changedIn(range);
    if (changed.length === 0) return this.#below.items(range);
    const { limit, ...all } = range;
    const itemOf = (key: string): Item => ({ key, value: this.#changeOf(key)!.value! });
    return this.#merged(limit, changed, this.#below.items(all), ({ key }) => key, itemOf);
  }

  put(key: string, value: Buffer, isNew = false): void {
    this.#change(key, { value, isNew });
  }

  remove(key: string): void {
    this.#change(key, { value: null, isNew: false });
  }

  /** Collects changes from now on. */
  beginChanges(): ReadonlyMap<string, Pending> {
    return (this.#pending = new Map());
  }

  endChanges(): void {
    this.#pending = undefined;
  }

  /** They are on disk. */
  apply(changes: ReadonlyMap<string, Pending>): void {
    for (const [key, { value, isNew }] of changes)
      this.#upper.set(key, value, () => !isNew && this.#isUnder(key));
  }

  get upper(): Layer {
    return this.#upper;
  }

  get moving(): Layer | undefined {
    return this.#moving;
  }

  /** Changes from now on come into a new layer, while those there are go into the map. */
  beginMoving(): void {
    this.#countBelow = this.#below.count();
    this.#moving = this.#upper;
    this.#upper = new Layer();
  }

  /** They are in the map. */
  endMoving(): void {
    this.#moving = undefined;
  }

  #isUnder(key: string): boolean {
    const moving = this.#moving?.changes.get(key);
    return moving ? moving.value !== null : this.#below.has(key);
  }

  #changeOf(key: string): Pick<Change, 'value'> | undefined {
    return this.#pending?.get(key) ?? this.#upper.changes.get(key) ?? this.#moving?.changes.get(key);
  }

  #change(key: string, pending: Pending): void {
    if (!this.#pending) throw new Error('A table is changed only inside a commit');
    const isNew = this.#pending.get(key)?.isNew ?? pending.isNew;
    this.#pending.set(key, { ...pending, isNew });
  }

  /** Keys in the range that are changed, in order. */
  #changedIn({ from = ' ', afterFrom = false, until }: KeyRange): string[] {
    const keys: string[] = [];
    for (const changes of [this.#moving?.changes, this.#upper.changes, this.#pending])
      for (const key of changes?.keys() ?? [])
        if ((afterFrom ? key > from : key >= from) && (until === undefined || key < until)) keys.push(key);
    return keys.sort();
  }

  *#merged<T>(
    limit: number | undefined,
    changed: readonly string[],
    below: Iterable<T>,
    keyOf: (item: T) => string,
    itemOf: (key: string) => T,
  ): Iterable<T> {
    let left = limit ?? Infinity;
    let next = 0;
    const isThere = (): boolean => this.#isFirst(changed, next) && this.has(changed[next]!);
    for (const item of below) {
      const key = keyOf(item);
      for (; next < changed.length && changed[next]! < key; next += 1) {
        if (!isThere()) continue;
        if (left-- <= 0) return;
        yield itemOf(changed[next]!);
      }
      if (this.#changeOf(key)) continue;
      if (left-- <= 0) return;
      yield item;
    }
    for (; next < changed.length; next += 1) {
      if (!isThere()) continue;
      if (left-- <= 0) return;
      yield itemOf(changed[next]!);
    }
  }

  /** Layers may have the same key. */
  #isFirst(keys: readonly string[], place: number): boolean {
    return place === 0 || keys[place] !== keys[place - 1];
  }
}

const asItIs = (key: string): string => key;
