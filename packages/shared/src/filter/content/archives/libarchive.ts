/**
 * Archives of other kinds (7z, rar, tar, cab, cpio …) by libarchive, compiled to WebAssembly: whatever a hostile archive does to
 * it stays within its memory, which is bounded. An instance that failed is not used again. The home of libarchive-wasm.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ArchiveFault, ENCRYPTED, HEAD_BYTES, tooMuch, type Member, type Unpacking } from './archive.ts';

/** What the types of Node leave out. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface Instance {
  readonly exports: Readonly<Record<string, unknown>>;
}
declare const WebAssembly: {
  readonly Memory: new (...of: never[]) => Memory;
  instantiate(code: Uint8Array, imports: unknown): Promise<{ readonly instance: Instance }>;
};

type Pointer = number;

/** The functions of libarchive that are used, as they are called in C. */
interface Functions {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): Pointer;
  _free(at: Pointer): void;
  _archive_read_new_memory(at: Pointer, bytes: number, passphrase: Pointer): Pointer;
  _archive_read_next_entry(archive: Pointer): Pointer;
  _archive_read_data(archive: Pointer, at: Pointer, bytes: number): number;
  _archive_read_free(archive: Pointer): number;
  _archive_entry_size(entry: Pointer): number;
  _archive_entry_filetype(entry: Pointer): number;
  _archive_entry_is_encrypted(entry: Pointer): number;
}

export interface Libarchive {
  readonly functions: Functions;
  pathOf(entry: Pointer): string | null;
  errorOf(archive: Pointer): string | null;
  /** To be let go: something in it went wrong. */
  broken: boolean;
}

/** Of one instance. The dictionary of the largest preset of 7z has 64 MB, and the archive is copied. */
export const MOST_MEMORY_BYTES = 192 * 1024 * 1024;
const PAGE_BYTES = 64 * 1024;

export async function loadLibarchive(): Promise<Libarchive> {
  // Megabytes of code, and only threads that unpack need it.
  const { libarchiveWasm } = await import('libarchive-wasm');
  const library = (await libarchiveWasm({ instantiateWasm: instantiate })) as unknown as {
    readonly module: Functions;
    entry_pathname(entry: Pointer): string | null;
    error_string(archive: Pointer): string | null;
  };
  return {
    functions: library.module,
    pathOf: (entry) => library.entry_pathname(entry),
    errorOf: (archive) => library.error_string(archive),
    broken: false,
  };
}

/** What emscripten leaves to its caller; the module itself would grow its memory to 2 GB. */
async function instantiate(imports: unknown, receive: (instance: Instance) => void): Promise<void> {
  const path = createRequire(import.meta.url).resolve('libarchive-wasm/dist/libarchive.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(path), imports);
  for (const memory of Object.values(instance.exports))
    if (memory instanceof WebAssembly.Memory) bound(memory);
  receive(instance);
}

/** Where memory cannot grow, malloc fails. */
function bound(memory: Memory): void {
  const grow = memory.grow.bind(memory);
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE_BYTES > MOST_MEMORY_BYTES)
      throw new RangeError('the memory of libarchive has reached its bound');
    return grow(pages);
  };
}

const CHUNK_BYTES = 256 * 1024;
const DIRECTORY = 0o040000;

/** @throws ArchiveFault when it cannot be read, or not further */
export function* libarchiveMembers(
  octets: Buffer,
  library: Libarchive,
  unpacking: Unpacking,
): Iterable<Member> {
  const { functions } = library;
  const held: Pointer[] = [];
  let archive = 0;
  try {
    const at = functions._malloc(octets.length);
    held.push(at);
    const chunk = functions._malloc(CHUNK_BYTES);
    held.push(chunk);
    if (at === 0 || chunk === 0) throw new ArchiveFault('it needs more memory than there is for it');
    functions.HEAPU8.set(octets, at);
    archive = functions._archive_read_new_memory(at, octets.length, 0);
    if (archive === 0) throw new ArchiveFault('it is damaged, or of no kind that is known here');
    let bytes = 0;
    let count = 0;
    for (; ; count += 1) {
      const entry = functions._archive_read_next_entry(archive);
      if (entry === 0) break;
      const member = memberOf(entry, { archive, chunk, library, unpacking });
      bytes += member?.sizeBytes ?? 0;
      if (member) yield member;
      if (unpacking.roomBytes <= 0) throw tooMuch(octets.length, bytes);
    }
    const error = library.errorOf(archive);
    if (error !== null && error !== '') throw new ArchiveFault(error);
    if (count === 0) throw new ArchiveFault('nothing in it could be read');
  } catch (error) {
    if (error instanceof ArchiveFault) throw error;
    library.broken = true;
    throw new ArchiveFault(`it is damaged: ${(error as Error).message}`);
  } finally {
    if (!library.broken) {
      if (archive !== 0) functions._archive_read_free(archive);
      for (const at of held) functions._free(at);
    }
  }
}

interface Reading {
  readonly archive: Pointer;
  readonly chunk: Pointer;
  readonly library: Libarchive;
  readonly unpacking: Unpacking;
}

function memberOf(entry: Pointer, reading: Reading): Member | undefined {
  const { library, unpacking } = reading;
  const { functions } = library;
  if (functions._archive_entry_filetype(entry) === DIRECTORY) return undefined;
  const name = (library.pathOf(entry) ?? '').replaceAll('\\', '/');
  const sizeBytes = Math.max(0, Number(functions._archive_entry_size(entry)));
  const encrypted = functions._archive_entry_is_encrypted(entry) !== 0;
  const none = { name, sizeBytes, head: Buffer.alloc(0), content: () => Buffer.alloc(0) };
  if (encrypted) return { ...none, encrypted, unopened: ENCRYPTED };
  const read: Buffer[] = [];
  const more = (wanted: number): Buffer => {
    let have = read.reduce((sum, { length }) => sum + length, 0);
    while (have < wanted) {
      const chunk = nextChunk(reading);
      if (chunk.length === 0) break;
      read.push(chunk);
      have += chunk.length;
    }
    return Buffer.concat(read);
  };
  try {
    const head = more(HEAD_BYTES);
    // What is not read is unpacked all the same to come to the next one.
    unpacking.took(Math.max(0, sizeBytes - head.length));
    return { ...none, head, content: () => more(Math.min(sizeBytes, unpacking.roomBytes + head.length)) };
  } catch (error) {
    return { ...none, unopened: (error as Error).message };
  }
}

function nextChunk({ archive, chunk, library, unpacking }: Reading): Buffer {
  const { functions } = library;
  const count = functions._archive_read_data(archive, chunk, CHUNK_BYTES);
  if (count < 0) throw new ArchiveFault(library.errorOf(archive) ?? 'it is damaged');
  unpacking.took(count);
  return Buffer.from(functions.HEAPU8.slice(chunk, chunk + count));
}
