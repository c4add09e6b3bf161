/**
 * The map on disk: ordered tables in one LMDB file, and one way to change them. Nothing else knows LMDB.
 *
 * Durability. `commit` resolves after the pages were written and synced (fdatasync) and then the page that makes them
 * valid (O_DSYNC), in this order. LMDB's overlapping sync is off: it saves nothing when commits follow one another, and
 * after kill -9 it would reuse pages that the last synced state still needs. For the same reason there is no commit without
 * a sync. Before it lies a journal (journaled-store.ts).
 *
 * Faults. lmdb 3.5.6 now and then loses its way in its list of free pages, in memory, and aborts a commit ("Invalid null
 * txn id"). So a commit that fails for another reason than a full disk is made once more, on the file opened afresh.
 *
 * Memory. LMDB reads through a map of the file. The map is larger than the disk, so it never has to grow and the disk
 * is always full before it; address space costs nothing. Its pages belong to the system, which lends them generously
 * (64 KB around each one read) and takes them back only when it is short of memory, so a long queue would look like a
 * large process. `commit` therefore closes and opens the file, in less than a millisecond, whenever much of it has been
 * mapped.
 */
import { existsSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { open } from 'lmdb';
import type { DatabaseOptions, RootDatabase } from 'lmdb';
import { FileRoom } from './file-room.ts';
import { checkFile } from './lmdb-file.ts';
import { LmdbTable, pagesOf, type Changes, type Pages, type Table } from './lmdb-table.ts';
import { MapSize } from './map-size.ts';
import { SpoolFullError } from './spool.ts';

export interface Store {
  readonly entries: Table;
  readonly bodies: Table;
  /** Ids of entries whose body is a file; the values are empty. */
  readonly files: Table;
  /** The index: what is due when, lane by lane; a value is the size of the body (lane-sums.ts). */
  readonly lanes: Table;
  /** The index of version 0.1.0, without lanes; empty since then. */
  readonly due: Table;
  readonly damaged: Table;
  /** How far the journal has been moved into the map. */
  readonly moved: Table;
  /**
   * Makes all changes of `write` or none; only one commit at a time.
   * @throws SpoolFullError when the disk has no room for them
   */
  commit(write: () => void): Promise<void>;
  /**
   * Takes room for changes that are to come.
   * @throws SpoolFullError when the disk has none
   */
  reserve(bytes: number): void;
  /** Octets in the file that no table uses and that LMDB fills before it asks the disk for more. */
  reusableBytes(): number;
  /** Much of the file is in memory; the next commit, even an empty one, lets go of it. */
  readonly isStretched: boolean;
  /** So much that whatever can wait is read after the next commit. */
  readonly isOverstretched: boolean;
  close(): Promise<void>;
}

const pageBytes = 4096;
/** A file system may not know how large it is. */
const smallestMap = 2 ** 40;
const largestMap = 2 ** 46;
const noSpaceCodes: unknown[] = [28 /* ENOSPC */, 122 /* EDQUOT */, -30792 /* MDB_MAP_FULL */];

const asciiKeys = {
  writeKey: (key: string, target: Buffer, start: number): number =>
    start + target.write(key, start, 'latin1'),
  readKey: (source: Buffer, start: number, end: number): string => source.toString('latin1', start, end),
};

const ioErrorCode = 5;
/** MDB_BAD_TXN: a change failed, the others were not made, and nothing is on disk. */
const abortedCode = -30782;

const tableNames = ['entries', 'bodies', 'files', 'lanes', 'due', 'damaged', 'moved'] as const;
type TableName = (typeof tableNames)[number];

/**
 * Makes the file where there is none: beside its place, and moves it there when all of it is on disk. A power cut would
 * otherwise leave half of a file now and then, which cannot be opened.
 */
export async function makeStore(path: string): Promise<void> {
  if (existsSync(path)) return;
  const fresh = `${path}.new`;
  removeStore(fresh);
  await new LmdbStore(fresh).close();
  renameSync(fresh, path);
  removeStore(fresh);
}

function removeStore(path: string): void {
  for (const file of [path, `${path}-lock`]) rmSync(file, { force: true });
}

export function openStore(path: string): Store {
  return new LmdbStore(path);
}

class LmdbStore implements Store {
  readonly entries = new LmdbTable();
  readonly bodies = new LmdbTable();
  readonly files = new LmdbTable();
  readonly lanes = new LmdbTable();
  readonly due = new LmdbTable();
  readonly damaged = new LmdbTable();
  readonly moved = new LmdbTable();
  readonly #path: string;
  readonly #map = new MapSize();
  readonly #room: FileRoom;
  #root: RootDatabase<Buffer, string>;
  /** Number of the file's last page; undefined when a write may have moved it. */
  #lastPage: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#root = this.#open();
    this.#room = new FileRoom(path);
  }

  async commit(write: () => void): Promise<void> {
    if (this.#map.isStretched) await this.#reopen();
    const changes = this.#changesOf(write);
    this.reserve(bytesOf(changes.flatMap(([, ofTable]) => [...ofTable.values()])));
    await this.#write(changes).catch(async (error: CommitError) => {
      const fault = await this.#faultOf(error);
      if (fault instanceof SpoolFullError) throw fault;
      await this.#reopen();
      await this.#write(changes).catch(async (again: CommitError) => {
        throw await this.#faultOf(again);
      });
    });
  }

  /** As often as need be: puts and removes make the same of what they find, whether it was written before or not. */
  async #write(changes: readonly (readonly [TableName, Changes])[]): Promise<void> {
    try {
      await this.#root.batch(() => {
        for (const [name, ofTable] of changes) this[name].apply(ofTable);
      });
    } finally {
      this.#lastPage = undefined;
    }
  }

  #changesOf(write: () => void): [TableName, Changes][] {
    const changes = tableNames.map((name): [TableName, Changes] => [name, this[name].beginChanges()]);
    try {
      write();
    } finally {
      for (const name of tableNames) this[name].endChanges();
    }
    return changes;
  }

  /** Free pages within the file count by half: some are still needed, and large values want them side by side. */
  reserve(bytes: number): void {
    const neededBytes = bytes + treeBytes;
    this.#lastPage ??= this.#stats().lastPageNumber;
    const room = this.#room.make((this.#lastPage + 1) * pageBytes, neededBytes);
    if (room < neededBytes && room + this.reusableBytes() / 2 < neededBytes) throw this.#fullError();
  }

  reusableBytes(): number {
    const { lastPageNumber, free } = this.#stats();
    const used = tableNames.reduce((sum, name) => sum + this[name].pages(), pagesOf(free));
    return Math.max(0, lastPageNumber + 1 - used) * pageBytes;
  }

  get isStretched(): boolean {
    return this.#map.isStretched;
  }

  get isOverstretched(): boolean {
    return this.#map.isOverstretched;
  }

  close(): Promise<void> {
    this.#room.close();
    return this.#root.close();
  }

  #stats(): { lastPageNumber: number; free: Pages } {
    return this.#root.getStats() as unknown as { lastPageNumber: number; free: Pages };
  }

  async #faultOf(error: CommitError): Promise<Error> {
    const reason = await error.commitError?.catch((inner: CommitError) => inner);
    const fault = reason ?? error;
    return this.#isFull(fault.code) ? this.#fullError(fault) : fault;
  }

  #fullError(cause?: Error): SpoolFullError {
    return new SpoolFullError(`The disk of the spool ${dirname(this.#path)} is full: free some space on it`, {
      cause,
    });
  }

  /**
   * As it is seldom: room is made before. A disk that fills up during a write takes a part of it, which LMDB reports as
   * an input/output error, or, before the commit, as a transaction that must be aborted.
   */
  #isFull(code: unknown): boolean {
    if (noSpaceCodes.includes(code)) return true;
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return (code === ioErrorCode || code === abortedCode) && bavail * bsize < 2 ** 20;
  }

  #open(): RootDatabase<Buffer, string> {
    checkFile(this.#path);
    const { blocks, bsize } = statfsSync(dirname(this.#path));
    const options = {
      path: this.#path,
      noSubdir: true,
      permissionsMode: 0o600,
      pageSize: pageBytes,
      mapSize: mapBytesFor(blocks * bsize),
      maxDbs: 8,
      overlappingSync: false,
      // Its batches reject promises that nobody can catch; `batch` does not.
      eventTurnBatching: false,
      noReadAhead: true,
      encoding: 'binary' as const,
      keyEncoder: asciiKeys,
    };
    const root = open<Buffer, string>(options);
    this.#lastPage = undefined;
    for (const name of tableNames) {
      const tableOptions = { name, encoding: 'binary', keyEncoder: asciiKeys } as DatabaseOptions & {
        name: string;
      };
      this[name].attach(root.openDB<Buffer, string>(tableOptions), this.#map);
    }
    this.#map.opened();
    return root;
  }

  /** Opens again in the call that closes, so that no reader meets a closed file. */
  async #reopen(): Promise<void> {
    const close = this.#root.close.bind(this.#root) as (closed: () => void) => Promise<void>;
    await close(() => (this.#root = this.#open()));
  }
}

/** A full map would end a commit in the middle, with an error that does not say why. */
export const mapBytesFor = (diskBytes: number): number =>
  Math.min(Math.max(2 * diskBytes, smallestMap), largestMap);

/** By so many octets the branches of the trees and the list of free pages make the file longer at most. */
const treeBytes = 64 * pageBytes;
/** And changes: a value in pages of its own, and for each a leaf of the tree, or two where it is split. */
const bytesOf = (values: readonly (Buffer | null)[]): number =>
  values.reduce((sum, value) => sum + (2 + Math.ceil((value?.length ?? 0) / pageBytes)) * pageBytes, 0);

interface CommitError extends Error {
  /** LMDB rejects with a general error and tells the reason in a second promise. */
  readonly commitError?: Promise<never>;
  readonly code?: unknown;
}
