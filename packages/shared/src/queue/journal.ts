/**
 * Two files that take turns: commits are appended to one, each with one write that is on disk when it is done (O_DSYNC),
 * while what the other holds goes to where it belongs. A file is written again from its beginning, so its length seldom
 * changes and a write costs the disk no more than its octets.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, readFileSync, write } from 'node:fs';
import { FileRoom } from './file-room.ts';
import {
  readGeneration,
  recordBytes,
  SALT_BYTES,
  writeRecord,
  type Changes,
  type Generation,
} from './journal-record.ts';
import { SpoolFullError } from './spool.ts';

/** A record up to this size is put together in memory that is kept. */
const KEPT_BYTES = 2 ** 20;
const fullCodes: unknown[] = ['ENOSPC', 'EDQUOT'];

interface File {
  readonly path: string;
  readonly fd: number;
  readonly room: FileRoom;
}

export class Journal {
  readonly capacityBytes: number;
  readonly #files: readonly [File, File];
  #current: File;
  #generation = 0;
  #salt: Buffer = Buffer.alloc(SALT_BYTES);
  #place = 0;
  #at = 0;
  #kept = Buffer.allocUnsafeSlow(2 ** 16);

  /** @param path of the files but for `-a` and `-b` */
  constructor(path: string, capacityBytes: number) {
    this.capacityBytes = capacityBytes;
    this.#files = [openFile(`${path}-a`, capacityBytes), openFile(`${path}-b`, capacityBytes)];
    this.#current = this.#files[0];
  }

  /** What the files hold, the older first. */
  read(): Generation[] {
    return this.#files
      .map(({ path }) => readGeneration(readFileSync(path)))
      .filter((generation) => generation !== undefined)
      .sort((a, b) => a.number - b.number);
  }

  get generation(): number {
    return this.#generation;
  }

  /** Nothing was written since `begin`. */
  get isEmpty(): boolean {
    return this.#place === 0;
  }

  /** From now on the other file is written to: what it holds must not be needed any more. */
  begin(generation: number): void {
    this.#current = this.#current === this.#files[0] ? this.#files[1] : this.#files[0];
    this.#generation = generation;
    this.#salt = randomBytes(SALT_BYTES);
    [this.#place, this.#at] = [0, 0];
  }

  /** Whether the file and the disk have room for a record of the changes. */
  hasRoomFor(changes: Changes): boolean {
    const bytes = recordBytes(changes);
    return this.#at + bytes <= this.capacityBytes && this.#current.room.make(this.#at, bytes) >= bytes;
  }

  /** One at a time. Resolves when it is on disk; a record that was not written is written over. */
  async append(changes: Changes): Promise<void> {
    const { fd } = this.#current;
    const target = this.#memoryFor(recordBytes(changes));
    const position = { generation: this.#generation, salt: this.#salt, place: this.#place };
    const end = writeRecord(target, changes, position);
    for (let from = 0; from < end;) from += await writeAt(fd, target, from, end, this.#at + from);
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

function openFile(path: string, capacityBytes: number): File {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC, 0o600);
  return { path, fd, room: new FileRoom(path, capacityBytes / 4) };
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
