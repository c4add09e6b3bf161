/** One ordered table of the map on disk, and what a commit is about to change in it. */
import type { Database, RangeOptions } from 'lmdb';
import type { MapSize } from './map-size.ts';

export interface KeyRange {
  /** First key, exclusive when `afterFrom`. */
  readonly from?: string;
  readonly afterFrom?: boolean;
  /** First key that is no longer wanted. */
  readonly until?: string;
  readonly limit?: number;
}

export interface Item {
  readonly key: string;
  readonly value: Buffer;
}

/** Reads see the last commit, and during a commit what it has changed so far. Keys are read on in the same turn. */
export interface Table {
  /** The value, as a buffer of its own. */
  get(key: string): Buffer | undefined;
  /** What `how` makes of the value, which is there no longer than that: nothing is copied. */
  read<T>(key: string, how: (value: Buffer) => T): T | undefined;
  has(key: string): boolean;
  keys(range?: KeyRange): Iterable<string>;
  /** Of the last commit. A value is read before the next item is taken. */
  items(range?: KeyRange): Iterable<Item>;
  count(): number;
  /** Only inside `commit`. `value` must stay unchanged from now on. `isNew`: there never was such a key. */
  put(key: string, value: Buffer, isNew?: boolean): void;
  /** Only inside `commit`. */
  remove(key: string): void;
}

/** What a commit does to a table: the new value of a key, or null for none. */
export type Changes = ReadonlyMap<string, Buffer | null>;

export interface Pages {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

export const pagesOf = (stats: Pages): number =>
  stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages;

export class LmdbTable implements Table {
  #db!: Database<Buffer, string>;
  #map!: MapSize;
  /** What the commit being put together has changed so far; undefined outside of it. */
  #changes: Map<string, Buffer | null> | undefined;

  attach(db: Database<Buffer, string>, map: MapSize): void {
    this.#db = db;
    this.#map = map;
  }

  /** Collects changes from now on. */
  beginChanges(): Changes {
    return (this.#changes = new Map());
  }

  endChanges(): void {
    this.#changes = undefined;
  }

  get(key: string): Buffer | undefined {
    const changed = this.#changes?.get(key);
    if (changed !== undefined) return changed ?? undefined;
    this.#map.touch();
    const value = this.#db.getBinary(key);
    return value && Buffer.from(value.buffer, value.byteOffset, value.length);
  }

  read<T>(key: string, how: (value: Buffer) => T): T | undefined {
    const changed = this.#changes?.get(key);
    if (changed !== undefined) return changed ? how(changed) : undefined;
    this.#map.touch();
    const value = this.#db.getBinaryFast(key);
    return value && how(Buffer.from(value.buffer, value.byteOffset, value.length));
  }

  has(key: string): boolean {
    const changed = this.#changes?.get(key);
    return changed === undefined ? this.#db.doesExist(key) : changed !== null;
  }

  keys(range?: KeyRange): Iterable<string> {
    this.#map.touch();
    return this.#db.getKeys(rangeOf(range));
  }

  items(range?: KeyRange): Iterable<Item> {
    this.#map.touch();
    return this.#db.getRange(rangeOf(range));
  }

  count(): number {
    return (this.#db.getStats() as { entryCount: number }).entryCount;
  }

  pages(): number {
    return pagesOf(this.#db.getStats() as Pages);
  }

  put(key: string, value: Buffer): void {
    this.#changing().set(key, value);
  }

  remove(key: string): void {
    this.#changing().set(key, null);
  }

  /** Within a batch of LMDB. */
  apply(changes: Changes): void {
    for (const [key, value] of changes) {
      this.#map.touch();
      if (value) void this.#db.put(key, value);
      else void this.#db.remove(key);
    }
  }

  #changing(): Map<string, Buffer | null> {
    if (!this.#changes) throw new Error('A table is changed only inside a commit');
    return this.#changes;
  }
}

function rangeOf({ from = ' ', afterFrom = false, until, limit }: KeyRange = {}): RangeOptions {
  return {
    start: from,
    exclusiveStart: afterFrom,
    ...(until === undefined ? {} : { end: until }),
    ...(limit === undefined ? {} : { limit }),
  };
}
