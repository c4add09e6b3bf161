/** A compound file (MS-CFB, version 3), written as simply as it may be: all siblings in one line, sectors in order. */

export interface Node {
  readonly name: string;
  /** Octets of a stream, or what stands in a storage. */
  readonly content: Buffer | readonly Node[];
}

interface Entry {
  readonly name: string;
  readonly type: number;
  child: number;
  right: number;
  start: number;
  size: number;
}

const SECTOR = 512;
const MINI = 64;
const CUTOFF = 4096;
const END = 0xfffffffe;
const FREE = 0xffffffff;
const IS_TABLE = 0xfffffffd;
const IS_LIST = 0xfffffffc;
/** Sectors of the table that the header names; one sector more names 127. */
const IN_HEADER = 109;

export function compoundFileOf(nodes: readonly Node[]): Buffer {
  const entries: Entry[] = [{ name: 'Root Entry', type: 5, child: FREE, right: FREE, start: END, size: 0 }];
  const sectors: Buffer[] = [];
  const table: number[] = [];
  const minis: Buffer[] = [];
  const miniTable: number[] = [];

  const store = (octets: Buffer, size: number, into: Buffer[], chain: number[]): number => {
    const start = into.length;
    for (let at = 0; at < octets.length; at += size) {
      into.push(Buffer.concat([octets.subarray(at, at + size)], size));
      chain.push(at + size < octets.length ? into.length : END);
    }
    return octets.length === 0 ? END : start;
  };
  const add = (within: readonly Node[]): number => {
    let first = FREE;
    for (const { name, content } of [...within].reverse()) {
      const isStream = Buffer.isBuffer(content);
      const entry = { name, type: isStream ? 2 : 1, child: FREE, right: first, start: 0, size: 0 };
      first = entries.push(entry) - 1;
      if (!isStream) entry.child = add(content);
      else {
        entry.size = content.length;
        entry.start =
          content.length < CUTOFF
            ? store(content, MINI, minis, miniTable)
            : store(content, SECTOR, sectors, table);
      }
    }
    return first;
  };

  const root = entries[0]!;
  root.child = add(nodes);
  root.size = minis.length * MINI;
  root.start = store(Buffer.concat(minis), SECTOR, sectors, table);
  const miniTableAt = store(longs(miniTable, FREE), SECTOR, sectors, table);
  const directoryAt = store(Buffer.concat(entries.map(entryOf)), SECTOR, sectors, table);
  const lists = sectors.length > IN_HEADER * 127 ? 1 : 0;
  const count = Math.ceil((sectors.length + lists) / 127);
  const listAt = sectors.length + count;
  const tableSectors = Array.from({ length: count }, (_, i) => sectors.length + i);
  table.push(...tableSectors.map(() => IS_TABLE), ...(lists === 1 ? [IS_LIST] : []));
  const header = Buffer.alloc(SECTOR, 0xff);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  header.fill(0, 8, 76);
  header.writeUInt16LE(0x3e, 24);
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(count, 44);
  header.writeUInt32LE(directoryAt, 48);
  header.writeUInt32LE(CUTOFF, 56);
  header.writeUInt32LE(miniTableAt, 60);
  header.writeUInt32LE(Math.ceil(miniTable.length / 128), 64);
  header.writeUInt32LE(lists === 1 ? listAt : END, 68);
  header.writeUInt32LE(lists, 72);
  for (const [i, sector] of tableSectors.slice(0, IN_HEADER).entries())
    header.writeUInt32LE(sector, 76 + 4 * i);
  const list = longs(tableSectors.slice(IN_HEADER), FREE);
  list.writeUInt32LE(END, SECTOR - 4);
  return Buffer.concat([header, ...sectors, longs(table, FREE), ...(lists === 1 ? [list] : [])]);
}

/** In whole sectors. */
function longs(numbers: readonly number[], filler: number): Buffer {
  const count = Math.max(1, Math.ceil(numbers.length / 128)) * 128;
  const octets = Buffer.alloc(count * 4);
  for (let i = 0; i < count; i += 1) octets.writeUInt32LE(numbers[i] ?? filler, i * 4);
  return octets;
}

function entryOf({ name, type, child, right, start, size }: Entry): Buffer {
  const octets = Buffer.alloc(128);
  octets.write(name, 'utf16le');
  octets.writeUInt16LE((name.length + 1) * 2, 64);
  octets[66] = type;
  octets[67] = 1;
  octets.writeUInt32LE(FREE, 68);
  octets.writeUInt32LE(right, 72);
  octets.writeUInt32LE(child, 76);
  octets.writeUInt32LE(start, 116);
  octets.writeUInt32LE(size, 120);
  return octets;
}
