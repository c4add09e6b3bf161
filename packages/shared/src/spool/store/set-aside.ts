/** Entries that are damaged: moved out of the queue into a table of their own, octet by octet. Bodies stay where they are. */
import { neverLane } from './lane.ts';
import type { Store } from './lmdb-store.ts';
import { decodeDamage, decodeHead, encodeDamage, idOfKey, indexKey } from './record.ts';
import { pages } from './recovery.ts';
import type { Damage } from './spool.ts';

export interface SetAsideParts {
  readonly store: Store;
  /** Makes a change in a commit. */
  submit<T>(change: () => T): Promise<T>;
  readonly now: () => number;
  /** Told of every entry that is set aside. */
  readonly onDamage?: ((damage: Damage) => void) | undefined;
}

export class SetAside {
  readonly #parts: SetAsideParts;
  /** Entries on their way out: no longer to be returned. */
  readonly #leaving = new Map<string, Promise<boolean>>();

  constructor(parts: SetAsideParts) {
    this.#parts = parts;
  }

  isLeaving = (id: string): boolean => this.#leaving.has(id);

  /** False when the entry is gone. */
  take(id: string, fault: string): Promise<boolean> {
    const leaving = this.#leaving.get(id) ?? this.#move(id, fault);
    this.#leaving.set(id, leaving);
    return leaving;
  }

  list(): Damage[] {
    const { damaged } = this.#parts.store;
    return Array.from(damaged.keys(), (id) => decodeDamage(damaged.get(id) ?? Buffer.alloc(0)));
  }

  async #move(id: string, fault: string): Promise<boolean> {
    const { submit, now, onDamage } = this.#parts;
    try {
      const moved = await submit(() => this.#change(id, fault, now()));
      if (moved) onDamage?.({ id, fault });
      return moved;
    } finally {
      this.#leaving.delete(id);
    }
  }

  #change(id: string, fault: string, at: number): boolean {
    const { store } = this.#parts;
    const record = store.entries.get(id);
    if (!record) return false;
    store.entries.remove(id);
    store.files.remove(id);
    store.lanes.remove(keyInIndex(store, id, decodeHead(record)));
    store.damaged.put(id, encodeDamage({ id, fault }, at, record));
    return true;
  }
}

/** Of an entry whose record does not tell, all keys are looked at. */
export function keyInIndex(store: Store, id: string, head: ReturnType<typeof decodeHead>): string {
  if (head?.lane !== undefined) return indexKey({ lane: head.lane, due: head.due }, id);
  for (const page of pages(store.lanes)) for (const key of page) if (idOfKey(key) === id) return key;
  return indexKey({ lane: neverLane, due: '' }, id);
}
