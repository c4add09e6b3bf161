/**
 * The first format of the journal, to read what a process left that knew no other. Pure.
 *
 *     magic (4)  CRC-32 of all after it (4)  length of what follows the head (4)  place in the generation (4)
 *     generation (8)  salt (16)
 *     and for each change:  table (1)  put or remove (1)  length of key (2)  length of value (4)  key  value
 *
 * A file begins with its first record, and every record has the salt of the first.
 */
import { crc32 } from 'node:zlib';
import type { Journaled } from './journal-record.ts';
import type { Batch, Hole, JournalContent } from './journal-read.ts';

const HEAD_BYTES = 40;
const CHANGE_BYTES = 8;
const MAGIC = Buffer.from([0x31, 0x4a, 0x50, 0x4d]);
const PUT = 1;

interface OldRecord {
  readonly end: number;
  readonly place: number;
  readonly generation: number;
  readonly salt: Buffer;
  readonly content: Buffer;
}

/** Undefined when the file does not begin with a record of that format. */
export function readOldJournal(file: Buffer): JournalContent | undefined {
  const first = recordAt(file, 0);
  if (!first || first.place !== 0) return undefined;
  const batches: Batch[] = [];
  const holes: Hole[] = [];
  let [at, place] = [0, 0];
  for (let start = 0; start >= 0;) {
    const record = recordAt(file, start, first.salt);
    const isNext = record?.generation === first.generation && record.place >= place;
    if (isNext) {
      if (start > at) holes.push({ from: at, to: start, isLast: false });
      batches.push({ isWhole: true, changes: changesIn(record.content) });
      [at, place] = [record.end, record.place + 1];
    }
    start = file.indexOf(MAGIC, isNext ? record.end : start + 1);
  }
  return { generation: first.generation, batches, holes };
}

function recordAt(file: Buffer, at: number, salt?: Buffer): OldRecord | undefined {
  if (file.length < at + HEAD_BYTES || MAGIC.compare(file, at, at + 4) !== 0) return undefined;
  if (salt && salt.compare(file, at + 24, at + HEAD_BYTES) !== 0) return undefined;
  const end = at + HEAD_BYTES + file.readUInt32LE(at + 8);
  if (end > file.length || crc32(file.subarray(at + 8, end)) !== file.readUInt32LE(at + 4)) return undefined;
  return {
    end,
    place: file.readUInt32LE(at + 12),
    generation: file.readDoubleLE(at + 16),
    salt: file.subarray(at + 24, at + HEAD_BYTES),
    content: file.subarray(at + HEAD_BYTES, end),
  };
}

function changesIn(content: Buffer): Journaled[] {
  const changes: Journaled[] = [];
  for (let at = 0; at < content.length;) {
    const table = content[at]!;
    const isPut = content[at + 1] === PUT;
    const keyEnd = at + CHANGE_BYTES + content.readUInt16LE(at + 2);
    const end = keyEnd + content.readUInt32LE(at + 4);
    const key = content.toString('latin1', at + CHANGE_BYTES, keyEnd);
    changes.push({ table, key, value: isPut ? Buffer.from(content.subarray(keyEnd, end)) : null });
    at = end;
  }
  return changes;
}
