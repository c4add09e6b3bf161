/**
 * Two files that take turns: commits are appended to one, each with one write that is on disk when it is done (O_DSYNC),
 * while what the other holds goes to where it belongs. A generation with an even number is in the first file, one with an odd number
 * in the second. A file is written again from its beginning, so its length seldom changes and a write costs the disk no more
 * than its octets.
 *
 * Both files have the same key, so that one whose head is damaged is read with the key of the other.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, existsSync, fsyncSync, renameSync, rmSync, write, writeSync } from 'node:fs';
import { openRegularSync, readRegularSync } from '../../platform/files/regular-file.ts';
import { FileRoom } from './file-room.ts';
import { readJournal, type JournalContent } from './journal-read.ts';
import {
  END_MARK_BYTES,
  FILE_HEAD_BYTES,
  KEY_BYTES,
  readFileHead,
  recordBytes,
  sealOf,
  writeEndMark,
  writeFileHead,
  writeRecord,
  type Changes,
} from './journal-record.ts';
import { readOldJournal } from './journal-record-v1.ts';
import { SpoolFullError } from './spool.ts';

/** A record up to this size is put together in memory that is kept. */
const KEPT_BYTES = 2 ** 20;
const fullCodes: unknown[] = ['ENOSPC', 'EDQUOT'];

/** What a file held when it was opened. */
export interface JournalFile extends JournalContent {
  readonly path: string;
  readonly octets: Buffer;
  /** It was not there, and has been made. */
  readonly isNew: boolean;
}

interface File {
  readonly path: string;
  readonly isNew: boolean;
  readonly fd: number;
  readonly room: FileRoom;
}

export class Journal {
  readonly capacityBytes: number;
  readonly #files: readonly [File, File];
  readonly #key = randomBytes(KEY_BYTES);
  #current: File;
  #generation = 0;
  #seal = sealOf({ generation: 0, key: this.#key });
  #place = 0;
  #at = FILE_HEAD_BYTES;
  #kept = Buffer.allocUnsafeSlow(2 ** 16);

  /** @param path of the files but for `-a` and `-b` */
  constructor(path: string, capacityBytes: number) {
    this.capacityBytes = capacityBytes;
    this.#files = [openFile(`${path}-a`, capacityBytes), openFile(`${path}-b`, capacityBytes)];
    this.#current = this.#files[0];
  }

  /** What the files hold, the older first. */
  read(): JournalFile[] {
    const files = this.#files.map(({ path, isNew }) => ({ path, isNew, octets: readRegularSync(path) }));
    const keys = files.map(({ octets }) => readFileHead(octets));
    return files
      .map((file, index) => ({ ...file, ...contentOf(file.octets, keys[index] ?? keys[1 - index]) }))
      .sort((a, b) => a.generation - b.generation);
  }

  /** Makes both files empty, with a key of their own: what they hold must not be needed any more. */
  renew(generation: number): void {
    for (const { fd } of this.#files) writeSync(fd, emptyFile(generation, this.#key), 0, undefined, 0);
  }

  get generation(): number {
    return this.#generation;
  }

  /** Nothing was written since `begin`. */
  get isEmpty(): boolean {
    return this.#place === 0;
  }

  /** From now on the file of this generation is written to: what it holds must not be needed any more. */
  begin(generation: number): void {
    this.#current = this.#files[generation % 2]!;
    this.#generation = generation;
    this.#seal = sealOf({ generation, key: this.#key });
    [this.#place, this.#at] = [0, FILE_HEAD_BYTES];
  }

  /** Whether the file and the disk have room for a record of the changes. */
  hasRoomFor(changes: Changes): boolean {
    const bytes = recordBytes(changes) + END_MARK_BYTES;
    return this.#at + bytes <= this.capacityBytes && this.#current.room.make(this.#at, bytes) >= bytes;
  }

  /** One at a time. Resolves when it is on disk; a record that was not written is written over. */
  async append(changes: Changes): Promise<void> {
    const { fd } = this.#current;
    const target = this.#memoryFor(recordBytes(changes) + END_MARK_BYTES);
    const position = { generation: this.#generation, key: this.#key, place: this.#place };
    const end = writeRecord(target, changes, position, this.#seal);
    for (let from = 0; from < end + END_MARK_BYTES;)
      from += await writeAt(fd, target, from, end + END_MARK_BYTES, this.#at + from);
    this.#place += 1;
    this.#at += end;
  }

  close(): void {
    for (const { fd, room } of this.#files) {
      room.close();
      closeSync(fd);
    }
  }

  #memoryFor(bytes: number): Buffer {
    if (bytes <= this.#kept.length) return this.#kept;
    const size = 2 ** Math.ceil(Math.log2(bytes));
    if (size > KEPT_BYTES) return Buffer.allocUnsafeSlow(bytes);
    return (this.#kept = Buffer.allocUnsafeSlow(size));
  }
}

function contentOf(octets: Buffer, key: Buffer | undefined): JournalContent {
  const old = readOldJournal(octets);
  if (old) return old;
  if (key) return readJournal(octets, key);
  // Neither file has a head. An empty one never held anything: a process of an earlier version made it.
  const holes = octets.every((octet) => octet === 0) ? [] : [{ from: 0, to: octets.length, isLast: true }];
  return { generation: 0, batches: [], holes };
}

function openFile(path: string, capacityBytes: number): File {
  const isNew = !existsSync(path);
  if (isNew) makeFile(path);
  const fd = openRegularSync(path, constants.O_RDWR | constants.O_DSYNC);
  return { path, isNew, fd, room: new FileRoom(path, capacityBytes / 4) };
}

/** Beside its place, and moved there when all of it is on disk: a file in its place that has no head is damaged. */
function makeFile(path: string): void {
  rmSync(`${path}.new`, { force: true });
  const fd = openRegularSync(`${path}.new`, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  try {
    writeSync(fd, emptyFile(0, randomBytes(KEY_BYTES)));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.new`, path);
}

/** The head of a file and the end mark of a generation without records. */
function emptyFile(generation: number, key: Buffer): Buffer {
  const octets = Buffer.alloc(FILE_HEAD_BYTES + END_MARK_BYTES);
  writeFileHead(octets, key);
  writeEndMark(octets, FILE_HEAD_BYTES, { generation, key, place: 0 });
  return octets;
}

function writeAt(fd: number, octets: Buffer, from: number, to: number, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, octets, from, to - from, at, (error, written) => {
      if (!error) resolve(written);
      else if (fullCodes.includes(error.code))
        reject(new SpoolFullError('The disk of the spool is full: free some space on it', { cause: error }));
      else reject(error);
    });
  });
}
