/**
 * The streams of a compound file (MS-CFB), in which Outlook keeps a message. Each stream is read when it is asked for. Whatever
 * refers to itself in a circle ends after as many sectors as the file has. Pure.
 */
import { ArchiveFault } from './archive.ts';

export interface Stream {
  readonly name: string;
  /** The storage that it stands in, a number; the root is 0. */
  readonly storage: number;
  /** @throws ArchiveFault when a sector is missing */
  content(): Buffer;
}

export interface Storage {
  /** '' for the root. */
  readonly name: string;
  readonly streams: readonly Stream[];
}

const HEADER_BYTES = 512;
const ENTRY_BYTES = 128;
/** Numbers from here on are no sectors (MS-CFB §2.1). */
const NO_SECTOR = 0xfffffffa;
const SECTORS_IN_HEADER = 109;
const MINI_SHIFT = 6;
const MINI_CUTOFF = 4096;
const types = { storage: 1, stream: 2, root: 5 } as const;
const DAMAGED = 'its compound file is damaged';

/** Root and storages with their streams. @throws ArchiveFault when it is damaged */
export function storagesOf(octets: Buffer): readonly Storage[] {
  if (octets.length < HEADER_BYTES) throw new ArchiveFault(DAMAGED);
  return new CompoundFile(octets).storages();
}

interface Entry {
  readonly name: string;
  readonly type: number;
  readonly siblings: readonly number[];
  readonly child: number;
  readonly start: number;
  readonly sizeBytes: number;
}

class CompoundFile {
  readonly #octets: Buffer;
  readonly #shift: number;
  readonly #table: Buffer;
  readonly #miniTable: Buffer;
  readonly #directory: Buffer;
  readonly #mini: Buffer;

  constructor(octets: Buffer) {
    this.#octets = octets;
    this.#shift = octets.readUInt16LE(30);
    if (this.#shift !== 9 && this.#shift !== 12) throw new ArchiveFault(DAMAGED);
    this.#table = Buffer.concat(this.#tableSectors().map((sector) => this.#sector(sector)));
    this.#directory = this.#chain(octets.readUInt32LE(48));
    this.#miniTable = this.#chain(octets.readUInt32LE(60));
    const root = this.#entry(0);
    this.#mini = root ? this.#chain(root.start) : Buffer.alloc(0);
  }

  storages(): readonly Storage[] {
    const found: Storage[] = [];
    const seen = new Set<number>();
    const open = [{ name: '', child: this.#entry(0)?.child ?? NO_SECTOR }];
    for (let outer = open.pop(); outer; outer = open.pop()) {
      const streams: Stream[] = [];
      const storage = found.push({ name: outer.name, streams }) - 1;
      const left = [outer.child];
      for (let at = left.pop(); at !== undefined; at = left.pop()) {
        const entry = seen.has(at) ? undefined : this.#entry(at);
        seen.add(at);
        if (!entry) continue;
        left.push(...entry.siblings);
        const { name, type, child } = entry;
        if (type === types.storage) open.push({ name, child });
        if (type === types.stream) streams.push({ name, storage, content: () => this.#content(entry) });
      }
    }
    return found;
  }

  /** Sectors of the table of sectors: 109 in the header, the others in sectors that are chained by their last number. */
  #tableSectors(): readonly number[] {
    const sectors: number[] = [];
    const most = this.#octets.length >> this.#shift;
    let list = this.#octets.subarray(76, 76 + 4 * SECTORS_IN_HEADER);
    let next = this.#octets.readUInt32LE(68);
    for (;;) {
      for (let at = 0; at + 4 <= list.length && sectors.length < most; at += 4)
        if (list.readUInt32LE(at) < NO_SECTOR) sectors.push(list.readUInt32LE(at));
      if (next >= NO_SECTOR || sectors.length >= most) return sectors;
      const sector = this.#sector(next);
      list = sector.subarray(0, -4);
      next = sector.readUInt32LE(sector.length - 4);
      if (list.every((octet) => octet === 0xff)) return sectors;
    }
  }

  #sector(number: number): Buffer {
    const from = (number + 1) * 2 ** this.#shift;
    const sector = this.#octets.subarray(from, from + 2 ** this.#shift);
    // The last one may be cut off.
    if (sector.length === 0) throw new ArchiveFault(DAMAGED);
    return sector.length === 2 ** this.#shift ? sector : Buffer.concat([sector], 2 ** this.#shift);
  }

  #chain(start: number, sizeBytes = Infinity): Buffer {
    return joined(start, this.#table, sizeBytes, this.#shift, (number) => this.#sector(number));
  }

  #content({ start, sizeBytes }: Entry): Buffer {
    if (sizeBytes >= MINI_CUTOFF) return this.#chain(start, sizeBytes).subarray(0, sizeBytes);
    const sector = (number: number): Buffer =>
      this.#mini.subarray(number << MINI_SHIFT, (number + 1) << MINI_SHIFT);
    return joined(start, this.#miniTable, sizeBytes, MINI_SHIFT, sector).subarray(0, sizeBytes);
  }

  #entry(number: number): Entry | undefined {
    const entry = this.#directory.subarray(number * ENTRY_BYTES, (number + 1) * ENTRY_BYTES);
    if (number >= NO_SECTOR || entry.length < ENTRY_BYTES) return undefined;
    return {
      name: entry.toString('utf16le', 0, Math.max(0, Math.min(64, entry.readUInt16LE(64)) - 2)),
      type: entry[66]!,
      siblings: [entry.readUInt32LE(68), entry.readUInt32LE(72)],
      child: entry.readUInt32LE(76),
      start: entry.readUInt32LE(116),
      sizeBytes: entry.readUInt32LE(120),
    };
  }
}

/** The sectors of a chain, up to its end or until there are octets enough. */
function joined(
  start: number,
  table: Buffer,
  sizeBytes: number,
  shift: number,
  sector: (number: number) => Buffer,
): Buffer {
  const sectors: Buffer[] = [];
  const most = Math.min(table.length / 4, Math.ceil(sizeBytes / 2 ** shift));
  for (let number = start; number < NO_SECTOR && sectors.length < most;) {
    sectors.push(sector(number));
    if (number * 4 + 4 > table.length) break;
    number = table.readUInt32LE(number * 4);
  }
  return Buffer.concat(sectors);
}
