/**
 * The map on disk with a journal before it. A commit is on disk when it is in the journal, with one write; until it is moved
 * into the map, many commits together, it is in memory too, where readers find it. A message that is handed on soon after
 * it came never gets into the map.
 *
 * The journal has two files. When one is full, what it holds is moved in one commit of LMDB, which also says so (`moved`),
 * while the other is written. A process that starts moves what the one before left; what was moved already is not moved again, so
 * nothing that was removed comes back. Of a damaged file whatever is intact is moved, and the rest is kept and reported.
 * Then a removal may be missing and a message be sent twice, which is better than to hold or lose it.
 *
 * A commit that is too large for the journal, or for which the disk has no room there, goes to the map at once.
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { failpoints } from '../../platform/process/failpoint.ts';
import { DamagedFiles } from './damaged-files.ts';
import { Journal } from './journal.ts';
import { damageIn } from './journal-damage.ts';
import type { Batch } from './journal-read.ts';
import type { Changes } from './journal-record.ts';
import { Layer } from './layer.ts';
import { LayeredTable, type Pending } from './layered-table.ts';
import { openStore, type Store } from './lmdb-store.ts';
import type { Table } from './lmdb-table.ts';
import { takeIntact } from './salvage.ts';
import type { Damage } from './spool.ts';

/** As they are numbered in the journal: add at the end only. */
const tableNames = ['entries', 'bodies', 'files', 'lanes', 'due', 'damaged'] as const;
const numbers = Object.fromEntries(tableNames.map((name, number) => [name, number])) as Readonly<
  Record<(typeof tableNames)[number], number>
>;
const [SMALLEST_JOURNAL, LARGEST_JOURNAL] = [2 ** 17, 2 ** 20];
/** Octets of the journal for each octet, and for each key, that may be in memory before they are moved. */
const [FOR_OCTET, FOR_KEY] = [4, 2 ** 13];
/** What a change makes the map longer at most, but for its octets. */
const CHANGE_BYTES = 3 * 4096;
const MOVED = 'generation';

export interface JournaledOptions {
  readonly journalBytes?: number;
  /** Takes every file of the journal that is damaged. */
  readonly onDamage?: ((damage: Damage) => void) | undefined;
}

/** @param path of the map; the journal's files are beside it */
export async function openJournaledStore(path: string, options: JournaledOptions = {}): Promise<Store> {
  const map = openStore(path);
  let journal: Journal | undefined;
  try {
    journal = new Journal(path.replace(/\.mdb$/, '') + '.journal', options.journalBytes ?? bytesOn(path));
    const known = map.moved.get(MOVED)?.toString();
    const moved = Number(known ?? 0);
    const left = journal.read();
    const damage = damageIn(left, known === undefined ? undefined : moved);
    if (damage.length > 0) {
      const kept = new DamagedFiles(dirname(path));
      for (const file of damage) options.onDamage?.(kept.keep(file));
    }
    const last = Math.max(moved, ...left.map(({ generation }) => generation));
    const batches = left.filter(({ generation }) => generation > moved).flatMap((file) => file.batches);
    if (last > moved || batches.length > 0) await moveInto(map, batches, last);
    journal.renew(last);
    return new JournaledStore(map, journal, last + 1);
  } catch (error) {
    journal?.close();
    await map.close();
    throw error;
  }
}

function bytesOn(path: string): number {
  const { blocks, bsize } = statfsSync(dirname(path));
  return Math.min(
    Math.max(2 ** Math.floor(Math.log2((blocks * bsize) / 64)), SMALLEST_JOURNAL),
    LARGEST_JOURNAL,
  );
}

/** The last of all changes of a key is its state. */
async function moveInto(map: Store, batches: readonly Batch[], generation: number): Promise<void> {
  const layers = tableNames.map(() => new Layer());
  const has = (table: number, key: string): boolean => {
    const change = layers[table]!.changes.get(key);
    return change ? change.value !== null : map[tableNames[table]!].has(key);
  };
  const hasBody = (id: string): boolean => has(numbers.bodies, id) || has(numbers.files, id);
  for (const { isWhole, changes } of batches)
    for (const { table, key, value } of isWhole ? changes : takeIntact(changes, numbers, hasBody)) {
      const name = tableNames[table];
      if (name) layers[table]!.set(key, value, () => map[name].has(key));
    }
  await map.commit(() => {
    layers.forEach(({ changes }, number) => putAll(map[tableNames[number]!], changes));
    map.moved.put(MOVED, Buffer.from(`${generation}`));
  });
  await passMoved();
}

async function passMoved(): Promise<void> {
  if (failpoints) await failpoints.pass('spool.moved');
}

function putAll(table: Table, changes: Changes[number]): void {
  for (const [key, { value }] of changes)
    if (value) table.put(key, value);
    else table.remove(key);
}

class JournaledStore implements Store {
  readonly entries: LayeredTable;
  readonly bodies: LayeredTable;
  readonly files: LayeredTable;
  readonly lanes: LayeredTable;
  readonly due: LayeredTable;
  readonly damaged: LayeredTable;
  readonly moved: Store['moved'];
  readonly #map: Store;
  readonly #journal: Journal;
  readonly #tables: readonly LayeredTable[];
  /** Resolves when what the other file holds is in the map. */
  #moving: Promise<void> | undefined;
  /** The generation that is to be moved; undefined when the other file is free. */
  #behind: number | undefined;

  constructor(map: Store, journal: Journal, generation: number) {
    this.#map = map;
    this.#journal = journal;
    this.entries = new LayeredTable(map.entries);
    this.bodies = new LayeredTable(map.bodies);
    this.files = new LayeredTable(map.files);
    this.lanes = new LayeredTable(map.lanes);
    this.due = new LayeredTable(map.due);
    this.damaged = new LayeredTable(map.damaged);
    this.moved = map.moved;
    this.#tables = tableNames.map((name) => this[name]);
    journal.begin(generation);
  }

  async commit(write: () => void): Promise<void> {
    if (failpoints) await failpoints.pass('spool.committing');
    const changes = this.#changesOf(write);
    if (this.#map.isStretched) await this.#letGoOfMap();
    if (changes.some(({ size }) => size > 0)) await this.#write(changes);
    if (failpoints) await failpoints.pass('spool.committed');
  }

  reserve(bytes: number): void {
    this.#map.reserve(bytes);
  }

  reusableBytes(): number {
    return this.#map.reusableBytes();
  }

  get isStretched(): boolean {
    return this.#map.isStretched;
  }

  get isOverstretched(): boolean {
    return this.#map.isOverstretched;
  }

  /** What cannot be moved stays in the journal, and is moved at the next start. */
  async close(): Promise<void> {
    await this.#moveAll().catch(() => undefined);
    this.#journal.close();
    await this.#map.close();
  }

  async #letGoOfMap(): Promise<void> {
    await this.#untilMoved();
    if (this.#map.isStretched) await this.#map.commit(() => undefined);
  }

  #changesOf(write: () => void): ReadonlyMap<string, Pending>[] {
    const changes = this.#tables.map((table) => table.beginChanges());
    try {
      write();
    } finally {
      for (const table of this.#tables) table.endChanges();
    }
    return changes;
  }

  async #write(changes: ReadonlyMap<string, Pending>[]): Promise<void> {
    this.#map.reserve(this.#bytesToCome(changes));
    if (!this.#journal.hasRoomFor(changes)) {
      await this.#untilMoved();
      this.#turn();
    }
    if (!this.#journal.hasRoomFor(changes)) return this.#writeThrough(changes);
    await this.#journal.append(changes);
    changes.forEach((ofTable, number) => this.#tables[number]!.apply(ofTable));
    if (this.#behind === undefined && this.#isMuch()) this.#turn();
  }

  /** All that was before goes first. */
  async #writeThrough(changes: Changes): Promise<void> {
    await this.#moveAll();
    await this.#map.commit(() => {
      changes.forEach((ofTable, number) => putAll(this.#map[tableNames[number]!], ofTable));
    });
  }

  async #moveAll(): Promise<void> {
    await this.#untilMoved();
    this.#turn();
    await this.#untilMoved();
  }

  /** The other file, which is free, is written from now on; what is in this one is moved. */
  #turn(): void {
    if (this.#journal.isEmpty) return;
    for (const table of this.#tables) table.beginMoving();
    this.#behind = this.#journal.generation;
    this.#journal.begin(this.#behind + 1);
    this.#beginMoving();
  }

  /** @throws what the map says; then it is moved again when it is asked for again */
  async #untilMoved(): Promise<void> {
    if (!this.#moving && this.#behind !== undefined) this.#beginMoving();
    await this.#moving;
  }

  #beginMoving(): void {
    this.#moving = this.#move().finally(() => (this.#moving = undefined));
    // Whoever needs the other file waits for it.
    this.#moving.catch(() => undefined);
  }

  async #move(): Promise<void> {
    await this.#map.commit(() => {
      for (const name of tableNames) putAll(this.#map[name], this[name].moving?.changes ?? new Map());
      this.#map.moved.put(MOVED, Buffer.from(`${this.#behind}`));
    });
    for (const table of this.#tables) table.endMoving();
    this.#behind = undefined;
    if (failpoints) await passMoved();
  }

  #isMuch(): boolean {
    const { keys, bytes } = this.#inMemory((table) => [table.upper]);
    const { capacityBytes } = this.#journal;
    return bytes * FOR_OCTET > capacityBytes || keys * FOR_KEY > capacityBytes;
  }

  #bytesToCome(changes: Changes): number {
    let { keys, bytes } = this.#inMemory((table) => [table.upper, table.moving]);
    for (const ofTable of changes) {
      keys += ofTable.size;
      for (const { value } of ofTable.values()) bytes += value?.length ?? 0;
    }
    return keys * CHANGE_BYTES + bytes;
  }

  #inMemory(of: (table: LayeredTable) => readonly (Layer | undefined)[]): { keys: number; bytes: number } {
    let [keys, bytes] = [0, 0];
    for (const table of this.#tables)
      for (const layer of of(table)) {
        keys += layer?.changes.size ?? 0;
        bytes += layer?.bytes ?? 0;
      }
    return { keys, bytes };
  }
}
