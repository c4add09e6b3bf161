/**
 * Models a disk that loses unsynced data within the limits of POSIX. Pure; the random generator is an
 * argument.
 *
 * Certain to survive are octets that were written before a sync of the file began, octets in files that sync
 * each write, and names (created, linked, renamed, removed) in a directory whose sync began afterwards. Of
 * all other data any part may survive: any sectors of each write, in any order, and the name changes of each
 * directory up to some point, as with a journal. The model covers more failures than current file systems
 * show, because these sync the name of a new file with the file. It does not cover a disk that reports a sync
 * before it is done, or one that damages synced data.
 */
import { dirname } from 'node:path';
import type { Chance } from '../../loopback/chance.ts';
import type { Operation } from './operation.ts';

const SECTOR_BYTES = 512;

interface Write {
  readonly at: number;
  /** Null truncates the file at `at`. */
  readonly octets: Buffer | null;
  readonly end: number;
}

class DiskFile {
  sure: Buffer = Buffer.alloc(0);
  unsure: Write[] = [];
}

/** A name is added or removed. */
interface Naming {
  readonly directory: string;
  readonly path: string;
  /** Null removes the name. */
  readonly node: DiskFile | 'directory' | null;
  readonly end: number;
}

/** Files by path; null is a directory. */
export type Image = ReadonlyMap<string, Buffer | null>;

export class Disk {
  /** The names as processes see them. */
  readonly #names = new Map<string, DiskFile | 'directory'>();
  readonly #sureNames = new Map<string, DiskFile | 'directory'>();
  #unsureNames: Naming[] = [];

  /** Records an operation that has begun; its effects may be on disk in part. */
  begin(operation: Operation): void {
    const { end } = operation;
    switch (operation.kind) {
      case 'create':
        return this.#create(operation.path, end);
      case 'write':
        return this.#write(operation.path, { at: operation.at, octets: operation.octets, end });
      case 'truncate':
        return this.#write(operation.path, { at: operation.sizeBytes, octets: null, end });
      case 'mkdir':
        return this.#name(operation.path, 'directory', end);
      case 'link':
        return this.#name(operation.to, this.#names.get(operation.from) ?? null, end);
      case 'rename':
        this.#name(operation.to, this.#names.get(operation.from) ?? null, end);
        return this.#name(operation.from, null, end);
      case 'unlink':
        return this.#name(operation.path, null, end);
      case 'sync':
      case 'say':
        return undefined;
    }
  }

  /** Records that an operation is complete, and which effects are now certain. */
  finish(operation: Operation): void {
    if (operation.kind === 'write' && operation.isSynced)
      this.#settle(operation.path, ({ end }) => end === operation.end);
    if (operation.kind !== 'sync') return;
    const { path, begin } = operation;
    this.#settle(path, ({ end }) => end < begin);
    const [sure, unsure] = parted(
      this.#unsureNames,
      ({ directory, end }) => directory === path && end < begin,
    );
    for (const naming of sure) apply(this.#sureNames, naming);
    this.#unsureNames = unsure;
  }

  /** The state with all operations applied. */
  whole(): Image {
    return imageOf(this.#names, (file) => written(file.sure, file.unsure));
  }

  /**
   * The state after a power cut now.
   *
   * @param share the fraction of the unsynced sectors that survive
   */
  cut(share: number, chance: Chance): Image {
    const names = new Map(this.#sureNames);
    for (const [, ofDirectory] of Map.groupBy(this.#unsureNames, ({ directory }) => directory)) {
      const kept = share === 0 ? 0 : Math.round(ofDirectory.length * chance.next());
      for (const naming of ofDirectory.slice(0, kept)) apply(names, naming);
    }
    const isThere = (): boolean => share >= 1 || (share > 0 && chance.next() < share);
    return imageOf(names, (file) => written(file.sure, file.unsure.flatMap(sectorsOf).filter(isThere)));
  }

  #create(path: string, end: number): void {
    if (!this.#names.has(path)) this.#name(path, new DiskFile(), end);
  }

  /** A file that existed before the recording is assumed to be empty. */
  #write(path: string, write: Write): void {
    if (!this.#names.has(path)) this.#name(path, new DiskFile(), write.end);
    const file = this.#names.get(path);
    if (file instanceof DiskFile) file.unsure.push(write);
  }

  #name(path: string, node: Naming['node'], end: number): void {
    const naming = { directory: dirname(path), path, node, end };
    apply(this.#names, naming);
    this.#unsureNames.push(naming);
  }

  #settle(path: string, isDone: (write: Write) => boolean): void {
    const file = this.#names.get(path);
    if (!(file instanceof DiskFile)) return;
    const [sure, unsure] = parted(file.unsure, isDone);
    // A write that is overwritten by a later certain write no longer matters.
    file.unsure = unsure.flatMap((write) =>
      sure
        .filter(({ end }) => end > write.end)
        .reduce((left, above) => left.flatMap((piece) => outside(piece, above)), [write]),
    );
    file.sure = written(file.sure, sure);
  }
}

function apply(names: Map<string, DiskFile | 'directory'>, { path, node }: Naming): void {
  if (node === null) names.delete(path);
  else names.set(path, node);
}

function imageOf(
  names: ReadonlyMap<string, DiskFile | 'directory'>,
  content: (file: DiskFile) => Buffer,
): Image {
  return new Map([...names].map(([path, node]) => [path, node === 'directory' ? null : content(node)]));
}

/** The parts of a write that another write does not cover. */
function outside(write: Write, above: Write): Write[] {
  const { at, octets } = write;
  if (!octets || !above.octets) return [write];
  const before = octets.subarray(0, Math.max(0, above.at - at));
  const from = Math.min(octets.length, Math.max(0, above.at + above.octets.length - at));
  const after = octets.subarray(from);
  return [
    { ...write, octets: before },
    { ...write, at: at + from, octets: after },
  ].filter((piece) => piece.octets.length > 0);
}

/** Does not modify its arguments. */
function written(before: Buffer, writes: readonly Write[]): Buffer {
  const most = writes.reduce(
    (size, { at, octets }) => Math.max(size, at + (octets?.length ?? 0)),
    before.length,
  );
  const after = Buffer.concat([before], most);
  let size = before.length;
  for (const { at, octets } of writes)
    if (octets) {
      octets.copy(after, at);
      size = Math.max(size, at + octets.length);
    } else {
      after.fill(0, at, Math.max(at, size));
      size = at;
    }
  return after.subarray(0, size);
}

/** Splits a write into sectors, which a disk writes atomically. */
function sectorsOf(write: Write): Write[] {
  const { at, octets } = write;
  if (octets === null) return [write];
  const sectors: Write[] = [];
  for (let from = 0; from < octets.length;) {
    const to = Math.min(octets.length, (Math.floor((at + from) / SECTOR_BYTES) + 1) * SECTOR_BYTES - at);
    sectors.push({ ...write, at: at + from, octets: octets.subarray(from, to) });
    from = to;
  }
  return sectors;
}

function parted<T>(values: readonly T[], isFirst: (value: T) => boolean): [T[], T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}
