/**
 * The reading half of the spool on local disk: entries, bodies, lanes and lists, which are read on as the caller does. What
 * is read of the map fills the memory, so every reader has it let go of now and then.
 */
import { hash } from 'node:crypto';
import type { Body } from '../../platform/values/body.ts';
import { dueAt, type Entry } from '../../platform/values/entry.ts';
import { bodyFault, type BodyFiles } from './body-files.ts';
import { laneOf, neverLane, parseLane, type NamedLanes } from './lane.ts';
import { laneStarts, readDue } from './lane-index.ts';
import { sumUp } from './lane-sums.ts';
import type { Store } from './lmdb-store.ts';
import { decodeEntry, decodeHead, idOfKey, jsonIn, laneIn, neverKey } from './record.ts';
import { pages } from './recovery.ts';
import type { SetAside } from './set-aside.ts';
import {
  DamagedEntryError,
  type Due,
  type DueOptions,
  type EntryText,
  type LaneStart,
  type QueuePart,
} from './spool.ts';

export interface ReaderParts {
  readonly store: Store;
  readonly files: BodyFiles;
  readonly named: NamedLanes;
  /** Takes what is damaged. */
  readonly setAside: SetAside;
  /** Makes a commit soon, though there is nothing to write. */
  letGo(): Promise<unknown>;
}

/** Keys that a list reads ahead. */
const LIST_KEYS = 100;

export class LmdbReader {
  readonly #store: Store;
  readonly #files: BodyFiles;
  readonly #named: NamedLanes;
  readonly #setAside: SetAside;
  readonly #letGo: () => Promise<unknown>;
  #lettingGo = false;

  constructor({ store, files, named, setAside, letGo }: ReaderParts) {
    this.#store = store;
    this.#files = files;
    this.#named = named;
    this.#setAside = setAside;
    this.#letGo = letGo;
  }

  get(id: string): Entry | undefined {
    this.#letGoOfMap();
    if (this.#setAside.isLeaving(id)) return undefined;
    const entry = this.#store.entries.read(id, (record) => decodeEntry(id, record));
    if (!entry || !('fault' in entry)) return entry;
    void this.#setAside.take(id, entry.fault).catch(() => undefined);
    return undefined;
  }

  async body(entry: Entry): Promise<Body> {
    const { id, body: expected } = entry;
    this.#letGoOfMap();
    const record = this.#store.entries.get(id);
    const head = record && decodeHead(record);
    if (!head) throw new Error(`Entry ${id} is no longer in the spool`);
    const known = { ...expected, hops: head.hops };
    let fault: string | undefined;
    if (head.place === 'f') {
      fault = await this.#files.fault(id, expected.sizeBytes, expected.sha256);
      if (fault === undefined) return { ...known, path: this.#files.path(id) };
    } else {
      const octets = this.#store.bodies.get(id);
      fault = octets ? bodyFault(expected, octets.length, hash('sha256', octets)) : 'the body is gone';
      if (octets && fault === undefined) return { ...known, chunks: [octets] };
    }
    if (await this.#setAside.take(id, fault ?? ''))
      throw new DamagedEntryError(`Entry ${id} was set aside: ${fault}`);
    throw new Error(`Entry ${id} is no longer in the spool`);
  }

  *lanes(): Iterable<LaneStart> {
    for (const start of laneStarts(this.#store.lanes)) {
      yield start;
      this.#letGoOfMap();
    }
  }

  /** Of one whose lane cannot be told from its name, the record says it. */
  laneOf(entry: Entry): string | undefined {
    if (dueAt(entry) === Infinity) return undefined;
    const lane =
      this.#named.sure(laneOf(entry)) ??
      this.#store.entries.read(entry.id, (record) => decodeHead(record)?.lane);
    return lane === neverLane ? undefined : lane;
  }

  due(lane: string, now: number, limit: number, options: DueOptions = {}): Due {
    return readDue(this.#store.lanes, lane, now, limit, options, (id) => this.get(id));
  }

  *list(after?: string): Iterable<Entry> {
    for (const page of pages(this.#store.entries, after, LIST_KEYS)) {
      for (const id of page) {
        const entry = this.get(id);
        if (entry) yield entry;
      }
    }
  }

  *texts(after?: string): Iterable<EntryText> {
    for (const page of pages(this.#store.entries, after, LIST_KEYS)) {
      for (const id of page) {
        this.#letGoOfMap();
        const text = this.#store.entries.read(id, (record) => ({
          id,
          json: jsonIn(record),
          domain: parseLane(laneIn(record)).domain,
        }));
        if (text && !this.#setAside.isLeaving(id)) yield text;
      }
    }
  }

  parts(): Iterable<QueuePart> {
    return sumUp(this.#store.lanes, (id) => this.get(id));
  }

  *held(after = ' '): Iterable<Entry> {
    for (const page of pages(this.#store.lanes, neverKey(after))) {
      for (const key of page) {
        const entry = this.get(idOfKey(key));
        if (entry?.held) yield entry;
      }
    }
  }

  get isOverstretched(): boolean {
    this.#letGoOfMap();
    return this.#store.isOverstretched;
  }

  count(): number {
    return this.#store.entries.count();
  }

  /** Reading alone fills the memory too, and only a commit empties it: one that does not wait for company. */
  #letGoOfMap(): void {
    if (!this.#store.isStretched || this.#lettingGo) return;
    const done = (): void => void (this.#lettingGo = false);
    this.#lettingGo = true;
    this.#letGo().then(done, done);
  }
}
