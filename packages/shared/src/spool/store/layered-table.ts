/**
 * A table of the map with layers over it: `upper` takes changes that are in the journal, `moving` holds those that are on
 * their way into the map. Nobody sees a change before it is on disk but the commit that makes it.
 */
import { Layer, type Change } from './layer.ts';
import type { Item, KeyRange, Table } from './lmdb-table.ts';
import { keysIn, mergeKeys } from './ordered-keys.ts';

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

  read<T>(key: string, how: (value: Buffer) => T): T | undefined {
    const change = this.#changeOf(key);
    if (!change) return this.#below.read(key, how);
    return change.value ? how(change.value) : undefined;
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
    const first = nextOf(changed);
    if (first === undefined) return this.#below.keys(range);
    const { limit = Infinity, ...all } = range;
    return atMost(limit, this.#merged(first, changed, this.#below.keys(all), asItIs, asItIs));
  }

  items(range: KeyRange = {}): Iterable<Item> {
    const changed = this.#changedIn(range);
    const first = nextOf(changed);
    if (first === undefined) return this.#below.items(range);
    const { limit = Infinity, ...all } = range;
    const itemOf = (key: string): Item => ({ key, value: this.#changeOf(key)!.value! });
    return atMost(
      limit,
      this.#merged(first, changed, this.#below.items(all), ({ key }) => key, itemOf),
    );
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
  #changedIn(range: KeyRange): Iterator<string> {
    const rows = [this.#upper.keysIn(range)];
    if (this.#moving) rows.push(this.#moving.keysIn(range));
    if (this.#pending) rows.push(keysIn(range, [...this.#pending.keys()].sort()));
    return mergeKeys(rows);
  }

  /** What lies below is read no further than the caller reads. */
  *#merged<T>(
    first: string,
    changed: Iterator<string>,
    below: Iterable<T>,
    keyOf: (item: T) => string,
    itemOf: (key: string) => T,
  ): Generator<T> {
    let next: string | undefined = first;
    for (const item of below) {
      const key = keyOf(item);
      let isChanged = false;
      for (; next !== undefined && next <= key; next = nextOf(changed)) {
        isChanged = next === key;
        if (this.has(next)) yield itemOf(next);
      }
      if (!isChanged) yield item;
    }
    for (; next !== undefined; next = nextOf(changed)) if (this.has(next)) yield itemOf(next);
  }
}

const asItIs = (key: string): string => key;

const nextOf = (keys: Iterator<string>): string | undefined => {
  const next = keys.next();
  return next.done ? undefined : next.value;
};

function* atMost<T>(limit: number, all: Iterable<T>): Iterable<T> {
  let count = 0;
  for (const each of all) {
    yield each;
    if ((count += 1) >= limit) return;
  }
}
