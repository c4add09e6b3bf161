/**
 * Changes to a table that lie over it: what is read is looked for here first. What comes and goes again within a layer
 * leaves nothing in it. Pure but for its own memory.
 *
 * A change that is replaced is emptied, for the Map may remember it for long (see platform/maps/passing-map.ts).
 */
import type { KeyRange } from './lmdb-table.ts';
import { keysIn, placeOf } from './ordered-keys.ts';

export interface Change {
  /** Null: there is none. */
  value: Buffer | null;
  /** What lies below has the key. */
  readonly isBelow: boolean;
}

export class Layer {
  readonly changes = new Map<string, Change>();
  /** Octets of values. */
  bytes = 0;
  /** How many keys more there are with the layer than without. */
  surplus = 0;
  /** The keys in order, from when a range of them is asked for. */
  #order: string[] | undefined;

  keysIn(range: KeyRange): Iterator<string> {
    this.#order ??= [...this.changes.keys()].sort();
    return keysIn(range, this.#order);
  }

  /** @param isBelow asked when this is the first change of the key */
  set(key: string, value: Buffer | null, isBelow: () => boolean): void {
    const before = this.changes.get(key);
    const below = before ? before.isBelow : isBelow();
    if (before) {
      this.#count(before, -1);
      before.value = null;
    }
    if (value === null && !below) {
      this.changes.delete(key);
      if (before) this.#order?.splice(placeOf(key, this.#order), 1);
      return;
    }
    if (!before) this.#order?.splice(placeOf(key, this.#order), 0, key);
    const change = { value, isBelow: below };
    this.changes.set(key, change);
    this.#count(change, 1);
  }

  #count({ value, isBelow }: Change, times: 1 | -1): void {
    this.bytes += times * (value?.length ?? 0);
    this.surplus += times * ((value ? 1 : 0) - (isBelow ? 1 : 0));
  }
}
