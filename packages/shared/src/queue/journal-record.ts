/**
 * The changes of one commit as they stand in the journal. Pure.
 *
 *     magic (4)  CRC-32 of all after it (4)  length of what follows the head (4)  place in the generation (4)
 *     generation (8)  salt (16)
 *     and for each change:  table (1)  put or remove (1)  length of key (2)  length of value (4)  key  value
 *
 * A generation is what is in the file since it was begun anew. What lies behind its last record, of earlier ones or torn by a
 * power cut, is told apart by the CRC, by generation and place, and by the salt, which nobody who sends mail knows:
 * a message may contain what looks like a record.
 */
import { crc32 } from 'node:zlib';
import type { Pending } from './layered-table.ts';

export interface Position {
  readonly generation: number;
  readonly salt: Buffer;
  /** Records before it in the generation. */
  readonly place: number;
}

export interface Journaled {
  /** Number of the table. */
  readonly table: number;
  readonly key: string;
  readonly value: Buffer | null;
}

/** By number of the table. */
export type Changes = readonly ReadonlyMap<string, Pick<Pending, 'value'>>[];

export const SALT_BYTES = 16;
const HEAD_BYTES = 40;
const CHANGE_BYTES = 8;
const MAGIC = 0x4d504a31;
const [PUT, REMOVE] = [1, 2];

export function recordBytes(changes: Changes): number {
  let bytes = HEAD_BYTES;
  for (const ofTable of changes)
    for (const [key, { value }] of ofTable) bytes += CHANGE_BYTES + key.length + (value?.length ?? 0);
  return bytes;
}

/** @returns where the record ends in the target */
export function writeRecord(target: Buffer, changes: Changes, { generation, salt, place }: Position): number {
  let at = HEAD_BYTES;
  changes.forEach((ofTable, table) => {
    for (const [key, { value }] of ofTable) {
      target[at] = table;
      target[at + 1] = value ? PUT : REMOVE;
      target.writeUInt16LE(key.length, at + 2);
      target.writeUInt32LE(value?.length ?? 0, at + 4);
      at += CHANGE_BYTES;
      at += target.write(key, at, 'latin1');
      if (value) {
        target.set(value, at);
        at += value.length;
      }
    }
  });
  target.writeUInt32LE(MAGIC, 0);
  target.writeUInt32LE(at - HEAD_BYTES, 8);
  target.writeUInt32LE(place, 12);
  target.writeDoubleLE(generation, 16);
  target.set(salt, 24);
  target.writeUInt32LE(crc32(target.subarray(8, at)), 4);
  return at;
}

export interface Generation {
  readonly number: number;
  /** All changes, in order. */
  readonly changes: readonly Journaled[];
}

/** What is whole at the beginning of a file; undefined when nothing is. */
export function readGeneration(file: Buffer): Generation | undefined {
  const first = recordAt(file, 0);
  if (!first || first.place !== 0) return undefined;
  const changes: Journaled[] = [];
  let [at, place] = [0, 0];
  for (let record: ReturnType<typeof recordAt> = first; record; record = recordAt(file, at)) {
    if (record.place !== place || record.generation !== first.generation || !record.salt.equals(first.salt))
      break;
    readChanges(record.content, changes);
    at += HEAD_BYTES + record.content.length;
    place += 1;
  }
  return { number: first.generation, changes };
}

function recordAt(file: Buffer, at: number): (Position & { readonly content: Buffer }) | undefined {
  if (file.length < at + HEAD_BYTES || file.readUInt32LE(at) !== MAGIC) return undefined;
  const end = at + HEAD_BYTES + file.readUInt32LE(at + 8);
  if (end > file.length || crc32(file.subarray(at + 8, end)) !== file.readUInt32LE(at + 4)) return undefined;
  return {
    place: file.readUInt32LE(at + 12),
    generation: file.readDoubleLE(at + 16),
    salt: file.subarray(at + 24, at + HEAD_BYTES),
    content: file.subarray(at + HEAD_BYTES, end),
  };
}

function readChanges(content: Buffer, changes: Journaled[]): void {
  for (let at = 0; at < content.length;) {
    const table = content[at]!;
    const isPut = content[at + 1] === PUT;
    const keyEnd = at + CHANGE_BYTES + content.readUInt16LE(at + 2);
    const end = keyEnd + content.readUInt32LE(at + 4);
    const key = content.toString('latin1', at + CHANGE_BYTES, keyEnd);
    changes.push({ table, key, value: isPut ? Buffer.from(content.subarray(keyEnd, end)) : null });
    at = end;
  }
}
