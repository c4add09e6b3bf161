/**
 * The examples that were learnt, on disk in the order they came: files `examples.N`, each record with its length and a
 * checksum. They are there to be replayed after a snapshot, to take back exactly what was added, and to be told to a partner
 * that was away. Nothing is synced: what a crash loses can be learnt again. A record that does not match its checksum ends its
 * file.
 */
import { closeSync, constants, mkdirSync, readSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openRegularSync, readRegularSync } from '../../platform/files/regular-file.ts';
import { decodeExample, encodeExample, TOKEN_FORM, type Example } from './example.ts';

/** Where a record stands. */
export interface Place {
  readonly file: number;
  readonly offset: number;
}

const EMPTIED = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;
const HEAD_BYTES = 8;
/** No example is larger. */
const MAX_RECORD = 1024 * 1024;
const MAGIC = Buffer.from(`mailpair examples ${TOKEN_FORM}\n`);

export class ExampleLog {
  readonly #directory: string;
  readonly #open = new Map<number, number>();
  #file: number;
  #size = 0;

  /** Goes on in a file of its own, made when there is something to write; files of an earlier run stay. */
  constructor(directory: string) {
    this.#directory = directory;
    this.#file = Math.max(0, ...this.files()) + 1;
  }

  /** Octets in it. */
  get size(): number {
    return this.#size;
  }

  /** Goes on in the next file. @returns its number */
  next(): number {
    if (this.#size > 0) this.#file += 1;
    this.#size = 0;
    return this.#file;
  }

  /** @throws when it cannot be written */
  append(example: Example): Place {
    const payload = encodeExample(example);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(payload.length, 0);
    head.writeUInt32LE(crc32(payload), 4);
    if (this.#size === 0) this.#begin();
    const place = { file: this.#file, offset: this.#size };
    this.#write(Buffer.concat([head, payload]));
    return place;
  }

  #begin(): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.#open.set(this.#file, openRegularSync(this.#pathOf(this.#file), EMPTIED));
    this.#write(MAGIC);
  }

  /** What was written in part is written over by the next. */
  #write(octets: Buffer): void {
    const handle = this.#handle(this.#file);
    for (let done = 0; done < octets.length;)
      done += writeSync(handle, octets, done, octets.length - done, this.#size + done);
    this.#size += octets.length;
  }

  /** Numbers of all files, in order. */
  files(): number[] {
    return namesIn(this.#directory)
      .map((name) => Number(/^examples\.(\d{1,9})$/.exec(name)?.[1] ?? -1))
      .filter((number) => number >= 0)
      .sort((a, b) => a - b);
  }

  /** Undefined when it is there no more. */
  read({ file, offset }: Place): Example | undefined {
    try {
      const handle = this.#handle(file);
      const head = Buffer.alloc(HEAD_BYTES);
      if (readSync(handle, head, 0, HEAD_BYTES, offset) < HEAD_BYTES) return undefined;
      const length = head.readUInt32LE(0);
      if (length > MAX_RECORD) return undefined;
      const payload = Buffer.alloc(length);
      if (readSync(handle, payload, 0, length, offset + HEAD_BYTES) < length) return undefined;
      return crc32(payload) === head.readUInt32LE(4) ? decodeExample(payload) : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** The examples in files from that number on. */
  *replay(from: number): Iterable<{ example: Example; place: Place }> {
    for (const file of this.files()) {
      if (file < from || file === this.#file) continue;
      const octets = this.#wholeFile(file);
      if (!octets?.subarray(0, MAGIC.length).equals(MAGIC)) continue;
      for (let offset = MAGIC.length; offset + HEAD_BYTES <= octets.length;) {
        const length = octets.readUInt32LE(offset);
        const payload = octets.subarray(offset + HEAD_BYTES, offset + HEAD_BYTES + length);
        const isWhole = length <= MAX_RECORD && payload.length === length;
        const example =
          isWhole && crc32(payload) === octets.readUInt32LE(offset + 4) ? decodeExample(payload) : undefined;
        if (!example) break;
        yield { example, place: { file, offset } };
        offset += HEAD_BYTES + length;
      }
    }
  }

  /** Removes the oldest files before that number until what is left of them has no more octets. */
  trim(before: number, mostBytes: number): void {
    const old = this.files().filter((file) => file < before);
    const sizes = new Map(old.map((file) => [file, statSync(this.#pathOf(file)).size]));
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const file of old) {
      if (total <= mostBytes) return;
      total -= sizes.get(file)!;
      this.#release(file);
      rmSync(this.#pathOf(file), { force: true });
    }
  }

  close(): void {
    for (const file of [...this.#open.keys()]) this.#release(file);
  }

  /** Undefined when its owner has removed it meanwhile. */
  #wholeFile(file: number): Buffer | undefined {
    try {
      return readRegularSync(this.#pathOf(file));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  #pathOf(file: number): string {
    return join(this.#directory, `examples.${file}`);
  }

  #handle(file: number): number {
    let handle = this.#open.get(file);
    if (handle === undefined) {
      handle = openRegularSync(this.#pathOf(file));
      this.#open.set(file, handle);
    }
    return handle;
  }

  #release(file: number): void {
    const handle = this.#open.get(file);
    if (handle !== undefined) closeSync(handle);
    this.#open.delete(file);
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
