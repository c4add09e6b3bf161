/**
 * A map that is damaged is made anew from what can be read of it, and kept below `damaged/`.
 *
 * What the trees lead to is taken as it is. When a part of a tree is lost, all other pages are looked through, but for those that are
 * known to be free: an entry found there is taken when its CRC is right and its body is found, and is held, because pages that
 * were freed hold messages that were delivered. The journal, moved in afterwards, removes what was removed since.
 */
import { hash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import type { Entry } from '../../platform/values/entry.ts';
import type { DamagedFiles } from './damaged-files.ts';
import { makeStore, openStore, type Store } from './lmdb-store.ts';
import { leafNode, LmdbPages, PageFault, type Meta, type Node, type Page } from './lmdb-pages.ts';
import { freePages, LmdbWalk, PageSet } from './lmdb-walk.ts';
import { checkMap, nameOf } from './map-check.ts';
import { bucketOf } from './lane.ts';
import { decodeEntry, decodeHead, encodeRecord, hasSum, headOf, type BodyPlace } from './record.ts';
import { SpoolFullError, type Damage } from './spool.ts';

export interface MendOptions {
  /** The process that had it did not close it. */
  readonly wasLeft: boolean;
  readonly kept: DamagedFiles;
  readonly onDamage?: ((damage: Damage) => void) | undefined;
}

/** Up to this size a file is checked at every start; a larger one when it was not closed. */
const ALWAYS_BYTES = 2 ** 25;
const HELD_FOR = 'it was found in a damaged part of the spool, and may have been delivered already';

/** @throws Error with the fix when the disk has no room for a second map */
export async function mendMap(path: string, { wasLeft, kept, onDamage }: MendOptions): Promise<void> {
  const pages = new LmdbPages(path);
  try {
    // What has neither of its first pages is no map; opening it says so.
    if (pages.metas().length === 0 || (!wasLeft && pages.sizeBytes > ALWAYS_BYTES)) return;
    const { fault, isUnfit } = checkMap(path);
    if (isUnfit) kept.begin();
    if (fault === undefined) return;
    const rescue = new MapRescue(pages, `${path}.rescued`);
    const found = await rescue.run().catch((error: unknown) => {
      if (!(error instanceof SpoolFullError)) throw error;
      throw new Error(
        `${path} is damaged (${fault}), and there is no room beside it for what can be read of it: free ` +
          `${pages.sizeBytes} bytes on this disk, or move the spool to a larger one, then start again`,
        { cause: error },
      );
    });
    const damage = kept.keep({
      ...{ path, keep: 'link', readable: rescue.unread },
      fault:
        `${fault}; ${found.taken} messages were reached and are in the queue, ` +
        `${found.held} were found by looking through all pages and are held`,
      fix: 'look through what is held (mailpair queue list), release what was not delivered, ask the senders of the others',
    });
    renameSync(`${path}.rescued`, path);
    rmSync(`${path}-lock`, { force: true });
    onDamage?.(damage);
  } finally {
    pages.close();
  }
}

interface Found {
  readonly taken: number;
  readonly held: number;
}

interface Lost {
  readonly record: Buffer;
  readonly entry: Entry;
  readonly transaction: number;
}

type TableName = 'entries' | 'bodies' | 'files' | 'damaged' | 'moved' | 'due';
const tables: ReadonlySet<string> = new Set(['entries', 'bodies', 'files', 'damaged', 'moved', 'due']);
const idPattern = /^[\w-]{1,64}$/;
const BATCH_BYTES = 2 ** 22;

class MapRescue {
  /** Of entries that were found without a body, who they are from. */
  readonly unread: string[] = [];
  readonly #pages: LmdbPages;
  readonly #path: string;
  /** A part of a table could not be reached. */
  #isLacking = false;
  #batch: [TableName, string, Buffer][] = [];
  #batchBytes = 0;
  #store!: Store;

  constructor(pages: LmdbPages, path: string) {
    this.#pages = pages;
    this.#path = path;
  }

  async run(): Promise<Found> {
    for (const file of [this.#path, `${this.#path}-lock`]) rmSync(file, { force: true });
    await makeStore(this.#path);
    this.#store = openStore(this.#path);
    try {
      const [newest, older] = this.#pages.metas() as [Meta, Meta?];
      let known = await this.#takeReached(newest);
      if (this.#isEmpty && older) known = await this.#takeReached(older);
      const taken = this.#store.entries.count();
      if (this.#isLacking) await this.#takeLost(newest, known);
      return { taken, held: this.#store.entries.count() - taken };
    } finally {
      await this.#store.close();
      rmSync(`${this.#path}-lock`, { force: true });
    }
  }

  get #isEmpty(): boolean {
    return this.#store.entries.count() + this.#store.bodies.count() === 0;
  }

  /** @returns the pages that need not be looked through */
  async #takeReached({ main, free, lastPage, transaction }: Meta): Promise<PageSet> {
    const options = {
      lastPage: Math.min(lastPage, this.#lastPage),
      onFault: () => void (this.#isLacking = true),
    };
    const walk = new LmdbWalk(this.#pages, { ...options, isOrdered: true });
    for (const { key: name, tree } of walk.items(main, transaction)) {
      const table = nameOf(name);
      if (!tree) continue;
      for (const { key, value } of walk.items(tree, transaction))
        if (tables.has(table)) await this.#takeItem(table as TableName, key.toString('latin1'), value);
    }
    await this.#flush();
    // What cannot be read of the list of free pages is looked through with the rest, if need be.
    const ofFree = { ...options, isOrdered: false, onFault: () => undefined };
    const freeWalk = new LmdbWalk(this.#pages, ofFree, walk.seen);
    for (const { value } of freeWalk.items(free, transaction)) {
      const list = this.#attempt(value);
      if (list)
        for (const page of freePages(list, options.lastPage))
          if (page >= 2 && page <= options.lastPage) walk.seen.add(page);
    }
    return walk.seen;
  }

  get #lastPage(): number {
    return Math.floor(this.#pages.sizeBytes / 4096) - 1;
  }

  async #takeItem(table: TableName, key: string, value: () => Buffer): Promise<void> {
    const octets = this.#attempt(value);
    if (!octets) return;
    if (
      table === 'moved' ? !/^\d+$/.test(octets.toString('latin1')) : table !== 'due' && !idPattern.test(key)
    )
      return;
    await this.#put(table, key, Buffer.from(octets));
  }

  /** Entries on pages that nothing leads to, and their bodies, or those of entries that were reached. */
  async #takeLost({ lastPage }: Meta, known: PageSet): Promise<void> {
    const lost = new Map<string, Lost>();
    const each = (look: (page: Page, node: Node) => void): void => this.#lookThrough(lastPage, known, look);
    each((page, node) => {
      const id = node.key.toString('latin1');
      if (!idPattern.test(id) || this.#store.entries.has(id) || this.#store.damaged.has(id)) return;
      const record = this.#attempt(() => this.#pages.valueOf(node));
      const entry = record && hasSum(record) ? decodeEntry(id, record) : undefined;
      if (!record || !entry || 'fault' in entry) return;
      if ((lost.get(id)?.transaction ?? -1) < page.transaction)
        lost.set(id, { record: Buffer.from(record), entry, transaction: page.transaction });
    });
    const bodies: [string, Node][] = [];
    each((_, node) => {
      const id = node.key.toString('latin1');
      if (!idPattern.test(id) || this.#store.bodies.has(id) || this.#store.files.has(id)) return;
      if (lost.has(id) || this.#store.entries.has(id))
        bodies.push([id, { ...node, key: Buffer.from(node.key) }]);
    });
    for (const [id, node] of bodies) await this.#takeBody(id, node, lost.get(id)?.entry);
    for (const [id, { record, entry }] of lost) {
      const place = decodeHead(record)?.place ?? 'm';
      if (place === 'm' && !this.#store.bodies.has(id))
        this.unread.push(`${id} ${JSON.stringify(entry.reversePath)}`);
      else await this.#hold(entry, place, record);
    }
    await this.#flush();
  }

  async #takeBody(id: string, node: Node, lost: Entry | undefined): Promise<void> {
    const record = this.#store.entries.get(id);
    const entry = lost ?? (record && decodeEntry(id, record));
    const octets = this.#attempt(() => this.#pages.valueOf(node));
    if (!entry || 'fault' in entry || octets?.length !== entry.body.sizeBytes) return;
    if (hash('sha256', octets) !== entry.body.sha256 || this.#store.bodies.has(id)) return;
    await this.#put('bodies', id, Buffer.from(octets));
    await this.#flush();
  }

  async #hold(entry: Entry, place: BodyPlace, record: Buffer): Promise<void> {
    const held = { ...entry, held: true, heldFor: HELD_FOR };
    const head = headOf(held, place, decodeHead(record)?.hops ?? 0, () => bucketOf(entry.id));
    if (place === 'f') await this.#put('files', entry.id, Buffer.alloc(0));
    await this.#put('entries', entry.id, encodeRecord(head, held));
  }

  #lookThrough(lastPage: number, known: PageSet, look: (page: Page, node: Node) => void): void {
    for (let number = 2; number <= Math.min(lastPage, this.#lastPage); number += 1) {
      if (known.has(number)) continue;
      const page = this.#pages.loosePage(number);
      if (page.kind !== 'leaf') continue;
      for (const at of page.nodes) {
        const node = this.#attempt(() => leafNode(page, at));
        if (node) look(page, node);
      }
    }
  }

  #attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof PageFault) && !(error instanceof RangeError)) throw error;
      return undefined;
    }
  }

  async #put(table: TableName, key: string, value: Buffer): Promise<void> {
    this.#batch.push([table, key, value]);
    this.#batchBytes += value.length + 100;
    if (this.#batchBytes > BATCH_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    const batch = this.#batch.splice(0);
    this.#batchBytes = 0;
    await this.#store.commit(() => {
      for (const [table, key, value] of batch) this.#store[table].put(key, value);
    });
  }
}
