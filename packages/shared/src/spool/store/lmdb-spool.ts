/**
 * The spool on local disk: entries, small bodies and the index of lanes in one map with a journal, large bodies as files.
 *
 *     DIRECTORY  queue.mdb  queue.journal-a  queue.journal-b  bodies/ID  incoming/  damaged/  owner
 *
 * Every change is on disk before its promise resolves; all changes of a turn, and all that come while the disk is
 * busy, share one commit. One process owns a directory at a time.
 * Guarantees and failures are those of `Spool`. An `add` that fails removes the body's file too. What reads is in
 * lmdb-reader.ts.
 */
import { join } from 'node:path';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Body } from '../../platform/values/body.ts';
import { BodyFiles } from './body-files.ts';
import type { Entry } from '../../platform/values/entry.ts';
import { CommitWatch } from './commit-watch.ts';
import { DamagedFiles } from './damaged-files.ts';
import { FreeSpace } from './free-space.ts';
import { GroupCommit } from './group-commit.ts';
import { openJournaledStore } from './journaled-store.ts';
import { makeStore } from './lmdb-store.ts';
import type { Store } from './lmdb-store.ts';
import { lockSpool } from './owner-lock.ts';
import type { OwnerLock } from './owner-lock.ts';
import { decodeHead, encodeRecord, headOf, indexKey } from './record.ts';
import { convert } from './convert.ts';
import { NamedLanes } from './lane.ts';
import { isEmpty } from './lane-index.ts';
import { LmdbReader } from './lmdb-reader.ts';
import { sizeValue } from './lane-sums.ts';
import { recover } from './recovery.ts';
import { keyInIndex, SetAside } from './set-aside.ts';
import { mendMap } from './map-rescue.ts';
import { openDirectory, syncNames } from './spool-directory.ts';
import type { Damage, Spool } from './spool.ts';

export interface LmdbSpoolOptions {
  readonly directory: string;
  /** Free disk space below which no message is taken. */
  readonly minFreeBytes: number;
  /** Bodies larger than this are files. */
  readonly bodyFileThresholdBytes?: number;
  readonly clock: Clock;
  /** Takes the time of every commit. */
  readonly commitWatch?: CommitWatch;
  /** Takes every entry and every file that is set aside. */
  readonly onDamage?: (damage: Damage) => void;
}

const empty = Buffer.alloc(0);
/** @throws Error that names the directory and the fix when it cannot be used or belongs to another live process */
export async function openLmdbSpool(options: LmdbSpoolOptions): Promise<Spool> {
  const { base, bodies, incoming } = openDirectory(options.directory);
  const lock = lockSpool(base);
  let spool: LmdbSpool | undefined;
  try {
    const file = join(base, 'queue.mdb');
    await makeStore(file);
    const { onDamage } = options;
    const kept = new DamagedFiles(base);
    await mendMap(file, { wasLeft: lock.wasLeft, kept, onDamage });
    const store = await openJournaledStore(file, { onDamage });
    syncNames(base);
    spool = new LmdbSpool({ options, lock, store, files: new BodyFiles(bodies, incoming), incoming, kept });
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
  readonly kept: DamagedFiles;
}

class LmdbSpool extends LmdbReader implements Spool {
  readonly incomingDirectory: string;
  readonly #store: Store;
  readonly #files: BodyFiles;
  readonly #lock: OwnerLock;
  readonly #changes: GroupCommit;
  readonly #space: FreeSpace;
  readonly #fileThresholdBytes: number;
  readonly #named: NamedLanes;
  readonly #admit: (lane: string) => string;
  readonly #setAside: SetAside;
  readonly #kept: DamagedFiles;
  readonly #onDamage: ((damage: Damage) => void) | undefined;

  constructor({ store, files, incoming, lock, options, kept }: Parts) {
    const { directory, minFreeBytes, clock, commitWatch = new CommitWatch() } = options;
    const changes = new GroupCommit((write) => commitWatch.watch(() => store.commit(write)));
    const named = new NamedLanes((lane) => isEmpty(store.lanes, lane));
    const setAside = new SetAside({
      store,
      submit: (change) => changes.submit(change),
      now: () => clock.now(),
      onDamage: options.onDamage,
    });
    super({ store, files, named, setAside, letGo: () => changes.submit(() => undefined, true) });
    this.#store = store;
    this.#files = files;
    this.#lock = lock;
    this.#changes = changes;
    this.#named = named;
    this.#admit = (lane) => named.admit(lane);
    this.#setAside = setAside;
    this.#kept = kept;
    this.#onDamage = options.onDamage;
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
      kept: this.#kept,
      onDamage: this.#onDamage,
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

  get isFailing(): boolean {
    return this.#changes.isFailing;
  }

  damaged(): Damage[] {
    return [...this.#setAside.list(), ...this.#kept.list()];
  }

  async close(): Promise<void> {
    await this.#changes.close();
    await this.#store.close();
    this.#lock.release();
  }

  #refuseTwice(id: string): void {
    if (this.#store.entries.has(id))
      throw new Error(`Entry ${id} is in the spool already: ids must be unique`);
  }
}

/** The store may keep them in memory for a while, so octets that are lent are copied. */
function octetsToKeep({ chunks = [], loan }: Body): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first && !loan ? first : Buffer.concat(chunks);
}
