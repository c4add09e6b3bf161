/**
 * The spool on local disk: entries, small bodies and the index of lanes in one map with a journal, large bodies as files.
 *
 *     DIRECTORY  queue.mdb  queue.journal-a  queue.journal-b  bodies/ID  incoming/  owner
 *
 * Every change is on disk before its promise resolves; all changes of a turn, and all that come while the disk is
 * busy, share one commit. One process owns a directory at a time.
 * Guarantees and failures are those of `Spool`. An `add` that fails removes the body's file too.
 */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { failpoints } from '../system/failpoint.ts';
import type { Clock } from '../system/clock.ts';
import type { Body } from '../values/body.ts';
import { BodyFiles, bodyFault } from './body-files.ts';
import { dueAt, type Entry } from '../values/entry.ts';
import { CommitWatch } from './commit-watch.ts';
import { FreeSpace } from './free-space.ts';
import { GroupCommit } from './group-commit.ts';
import { openJournaledStore } from './journaled-store.ts';
import { makeStore } from './lmdb-store.ts';
import type { Store } from './lmdb-store.ts';
import { lockSpool } from './owner-lock.ts';
import type { OwnerLock } from './owner-lock.ts';
import {
  decodeEntry,
  decodeHead,
  encodeRecord,
  headOf,
  idOfKey,
  indexKey,
  jsonIn,
  laneIn,
  neverKey,
} from './record.ts';
import { convert } from './convert.ts';
import { laneOf, NamedLanes, neverLane, parseLane } from './lane.ts';
import { isEmpty, laneStarts, readDue } from './lane-index.ts';
import { sizeValue, sumUp } from './lane-sums.ts';
import { pages, recover } from './recovery.ts';
import { keyInIndex, SetAside } from './set-aside.ts';
import { openDirectory, syncNames } from './spool-directory.ts';
import type { Damage, Due, DueOptions, EntryText, LaneStart, QueuePart, Spool } from './spool.ts';
import { DamagedEntryError } from './spool.ts';

export interface LmdbSpoolOptions {
  readonly directory: string;
  /** Free disk space below which no message is taken. */
  readonly minFreeBytes: number;
  /** Bodies larger than this are files. */
  readonly bodyFileThresholdBytes?: number;
  readonly clock: Clock;
  /** Takes the time of every commit. */
  readonly commitWatch?: CommitWatch;
  /** Told of every entry that is set aside. */
  readonly onDamage?: (damage: Damage) => void;
}

const empty = Buffer.alloc(0);
/** Keys that a list reads ahead. */
const LIST_KEYS = 100;

/** @throws Error that names the directory and the fix when it cannot be used or belongs to another live process */
export async function openLmdbSpool(options: LmdbSpoolOptions): Promise<Spool> {
  const { base, bodies, incoming } = openDirectory(options.directory);
  const lock = lockSpool(base);
  let spool: LmdbSpool | undefined;
  try {
    const file = join(base, 'queue.mdb');
    await makeStore(file);
    const store = await openJournaledStore(file);
    syncNames(base);
    spool = new LmdbSpool({ options, lock, store, files: new BodyFiles(bodies, incoming), incoming });
    await spool.recover();
    return spool;
  } catch (error) {
    await spool?.close();
    lock.release();
    throw error;
  }
}

interface Parts {
  readonly options: LmdbSpoolOptions;
  readonly lock: OwnerLock;
  readonly store: Store;
  readonly files: BodyFiles;
  readonly incoming: string;
}

class LmdbSpool implements Spool {
  readonly incomingDirectory: string;
  readonly #parts: Parts;
  readonly #store: Store;
  readonly #files: BodyFiles;
  readonly #changes: GroupCommit;
  readonly #space: FreeSpace;
  readonly #fileThresholdBytes: number;
  readonly #named = new NamedLanes((lane) => isEmpty(this.#store.lanes, lane));
  readonly #admit = (lane: string): string => this.#named.admit(lane);
  readonly #setAside: SetAside;
  #lettingGo = false;

  constructor(parts: Parts) {
    const { store, files, incoming, options } = parts;
    const { directory, minFreeBytes, clock, commitWatch = new CommitWatch() } = options;
    this.#parts = parts;
    this.#store = store;
    this.#files = files;
    this.#changes = new GroupCommit((write) => commitWatch.watch(() => store.commit(write)));
    this.#setAside = new SetAside({
      store,
      submit: (change) => this.#changes.submit(change),
      now: () => clock.now(),
      onDamage: options.onDamage,
    });
    this.#space = new FreeSpace({
      directory,
      minFreeBytes,
      clock,
      reusableBytes: () => store.reusableBytes(),
    });
    this.#fileThresholdBytes = options.bodyFileThresholdBytes ?? 256 * 1024;
    this.incomingDirectory = incoming;
  }

  async recover(): Promise<void> {
    for (const { lane } of this.lanes()) {
      this.#named.add(lane);
      if (this.#store.isStretched) await this.#store.commit(() => undefined);
    }
    await convert(this.#store, this.#admit);
    await recover({
      store: this.#store,
      files: this.#files,
      incomingDirectory: this.incomingDirectory,
      startedAt: Date.now() - process.uptime() * 1000,
      setAside: (id, fault) => this.#setAside.take(id, fault),
    });
  }

  async add(entry: Entry, body: Body): Promise<void> {
    const { id } = entry;
    if (!/^[\w-]{1,64}$/.test(id))
      throw new Error(`"${id}" cannot be the id of an entry: letters and digits only`);
    const asFile = body.path !== undefined || body.sizeBytes > this.#fileThresholdBytes;
    if (asFile) this.#refuseTwice(id);
    try {
      this.#space.take(body.sizeBytes, asFile, body.path !== undefined);
      if (asFile) await this.#files.store(id, body);
      const head = headOf(entry, asFile ? 'f' : 'm', body.hops, this.#admit);
      const record = encodeRecord(head, entry);
      const octets = asFile ? empty : octetsToKeep(body);
      await this.#changes.submit(() => {
        this.#refuseTwice(id);
        this.#store.entries.put(id, record, true);
        (asFile ? this.#store.files : this.#store.bodies).put(id, octets, true);
        this.#store.lanes.put(indexKey(head, id), sizeValue(entry.body.sizeBytes), true);
      }, true);
    } catch (error) {
      if (asFile) await this.#files.discard(id, body);
      throw error;
    }
  }

  get(id: string): Entry | undefined {
    this.#letGoOfMap();
    if (this.#setAside.isLeaving(id)) return undefined;
    const entry = this.#store.entries.read(id, (record) => decodeEntry(id, record));
    if (!entry || !('fault' in entry)) return entry;
    void this.#setAside.take(id, entry.fault).catch(() => undefined);
    return undefined;
  }

  async update(entry: Entry): Promise<void> {
    const { id } = entry;
    const { entries, lanes } = this.#store;
    await this.#changes.submit(() => {
      const old = entries.get(id);
      const oldHead = old && decodeHead(old);
      if (!oldHead) return;
      const head = headOf(entry, oldHead.place, oldHead.hops, this.#admit);
      entries.put(id, encodeRecord(head, entry));
      if (head.due === oldHead.due && head.lane === oldHead.lane) return;
      lanes.remove(keyInIndex(this.#store, id, oldHead));
      lanes.put(indexKey(head, id), sizeValue(entry.body.sizeBytes));
    });
  }

  async remove(id: string): Promise<void> {
    const place = await this.#changes.submit(() => {
      const record = this.#store.entries.get(id);
      const head = record && decodeHead(record);
      if (!head) return undefined;
      this.#store.entries.remove(id);
      this.#store.lanes.remove(keyInIndex(this.#store, id, head));
      (head.place === 'm' ? this.#store.bodies : this.#store.files).remove(id);
      return head.place;
    });
    if (place !== 'f') return;
    if (failpoints) await failpoints.pass('spool.entry-removed');
    await this.#files.remove(id);
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

  get isFailing(): boolean {
    return this.#changes.isFailing;
  }

  get isOverstretched(): boolean {
    this.#letGoOfMap();
    return this.#store.isOverstretched;
  }

  count(): number {
    return this.#store.entries.count();
  }

  damaged(): Damage[] {
    return this.#setAside.list();
  }

  async close(): Promise<void> {
    await this.#changes.close();
    await this.#store.close();
    this.#parts.lock.release();
  }

  #refuseTwice(id: string): void {
    if (this.#store.entries.has(id))
      throw new Error(`Entry ${id} is in the spool already: ids must be unique`);
  }

  /** Reading alone fills the memory too, and only a commit empties it: one that does not wait for company. */
  #letGoOfMap(): void {
    if (!this.#store.isStretched || this.#lettingGo) return;
    const done = (): void => void (this.#lettingGo = false);
    this.#lettingGo = true;
    this.#changes.submit(() => undefined, true).then(done, done);
  }
}

/** The store may keep them in memory for a while, so octets that are lent are copied. */
function octetsToKeep({ chunks = [], loan }: Body): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first && !loan ? first : Buffer.concat(chunks);
}
