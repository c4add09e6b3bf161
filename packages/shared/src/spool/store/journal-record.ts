/**
 * The format of a file of the journal. Pure.
 *
 *     file    magic (4)  CRC-32 of version and key (4)  version (4)  key (16)  zeros up to 512 octets; then records
 *     record  magic (4)  CRC-32 of the rest of the head (4)  length of what follows the head (4)  place in the generation (4)
 *             generation (8)  key (16); then changes
 *     change  mark (4)  CRC-32 of the rest (4)  table (1)  put or remove (1)  length of key (2)  length of value (4)  key  value
 *
 * A record holds the changes of one commit. A generation is what was written since the file was begun anew. A record without
 * changes, the end mark, follows its last record and is overwritten by the next, so a file that lost its end does not look whole.
 *
 * The key is random, made anew at each start, and nobody who sends mail knows it. Every head contains it; the mark of a change
 * and the start value of its CRC follow from it. A message may contain what looks like a record: it is never taken for one, not
 * even when the records around it are damaged (journal-read.ts).
 */
import { crc32 } from 'node:zlib';
import type { Pending } from './layered-table.ts';

export interface Position {
  readonly generation: number;
  readonly key: Buffer;
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

/** Of a record, as it is in a file. */
export interface Head extends Omit<Position, 'key'> {
  readonly at: number;
  /** Where its changes begin and end. They may be damaged, or the file may end before. */
  readonly from: number;
  readonly to: number;
}

/** What tells changes of a generation from everything else. */
export interface ChangeSeal {
  readonly mark: Buffer;
  readonly seed: number;
}

export const KEY_BYTES = 16;
/** A sector: a disk writes all of it or nothing. */
export const FILE_HEAD_BYTES = 512;
const VERSION = 2;
const FILE_MAGIC = 0x4d504a48;
const HEAD_BYTES = 40;
const CHANGE_BYTES = 16;
const MAGIC = Buffer.from([0x32, 0x4a, 0x50, 0x4d]);
const [PUT, REMOVE] = [1, 2];

export function writeFileHead(target: Buffer, key: Buffer): void {
  target.fill(0, 0, FILE_HEAD_BYTES);
  target.writeUInt32LE(FILE_MAGIC, 0);
  target.writeUInt32LE(VERSION, 8);
  target.set(key, 12);
  target.writeUInt32LE(crc32(target.subarray(8, 12 + KEY_BYTES)), 4);
}

/** The key of a file; undefined when its head is damaged, or it is of another version. */
export function readFileHead(file: Buffer): Buffer | undefined {
  if (file.length < FILE_HEAD_BYTES || file.readUInt32LE(0) !== FILE_MAGIC) return undefined;
  const isWhole = crc32(file.subarray(8, 12 + KEY_BYTES)) === file.readUInt32LE(4);
  return isWhole && file.readUInt32LE(8) === VERSION ? file.subarray(12, 12 + KEY_BYTES) : undefined;
}

/** Octets of a record without the end mark. */
export function recordBytes(changes: Changes): number {
  let bytes = HEAD_BYTES;
  for (const ofTable of changes)
    for (const [key, { value }] of ofTable) bytes += CHANGE_BYTES + key.length + (value?.length ?? 0);
  return bytes;
}

export const END_MARK_BYTES = HEAD_BYTES;

export function sealOf({ generation, key }: Omit<Position, 'place'>): ChangeSeal {
  const number = Buffer.alloc(8);
  number.writeDoubleLE(generation);
  return { mark: key.subarray(0, 4), seed: crc32(number, crc32(key.subarray(4))) };
}

/** @returns where the record ends in the target; the end mark follows there */
export function writeRecord(target: Buffer, changes: Changes, position: Position, seal: ChangeSeal): number {
  let at = HEAD_BYTES;
  changes.forEach((ofTable, table) => {
    for (const [key, { value }] of ofTable) at = writeChange(target, at, seal, table, key, value);
  });
  writeHead(target, 0, at - HEAD_BYTES, position);
  writeHead(target, at, 0, { ...position, place: position.place + 1 });
  return at;
}

/** The end mark of a generation without records. */
export function writeEndMark(target: Buffer, at: number, position: Position): void {
  writeHead(target, at, 0, position);
}

function writeChange(
  target: Buffer,
  start: number,
  { mark, seed }: ChangeSeal,
  table: number,
  key: string,
  value: Buffer | null,
): number {
  target.set(mark, start);
  target[start + 8] = table;
  target[start + 9] = value ? PUT : REMOVE;
  target.writeUInt16LE(key.length, start + 10);
  target.writeUInt32LE(value?.length ?? 0, start + 12);
  let at = start + CHANGE_BYTES;
  at += target.write(key, at, 'latin1');
  if (value) {
    target.set(value, at);
    at += value.length;
  }
  target.writeUInt32LE(crc32(target.subarray(start + 8, at), seed), start + 4);
  return at;
}

function writeHead(target: Buffer, at: number, length: number, { generation, key, place }: Position): void {
  target.set(MAGIC, at);
  target.writeUInt32LE(length, at + 8);
  target.writeUInt32LE(place, at + 12);
  target.writeDoubleLE(generation, at + 16);
  target.set(key, at + 24);
  target.writeUInt32LE(crc32(target.subarray(at + 8, at + HEAD_BYTES)), at + 4);
}

/** All heads with the key, also those of earlier generations that lie behind the newest. */
export function headsIn(file: Buffer, key: Buffer): Head[] {
  const heads: Head[] = [];
  for (let at = file.indexOf(MAGIC, FILE_HEAD_BYTES); at >= 0;) {
    const head = headAt(file, at, key);
    if (head) heads.push(head);
    at = file.indexOf(MAGIC, head?.to ?? at + 1);
  }
  return heads;
}

function headAt(file: Buffer, at: number, key: Buffer): Head | undefined {
  const from = at + HEAD_BYTES;
  if (from > file.length || key.compare(file, at + 24, from) !== 0) return undefined;
  if (crc32(file.subarray(at + 8, from)) !== file.readUInt32LE(at + 4)) return undefined;
  return {
    ...{ at, from, to: from + file.readUInt32LE(at + 8) },
    place: file.readUInt32LE(at + 12),
    generation: file.readDoubleLE(at + 16),
  };
}

/** The change that begins there and is whole, and where it ends. */
export function changeAt(
  file: Buffer,
  at: number,
  to: number,
  { mark, seed }: ChangeSeal,
): (Journaled & { readonly end: number }) | undefined {
  const keyStart = at + CHANGE_BYTES;
  if (keyStart > to || mark.compare(file, at, at + 4) !== 0) return undefined;
  const keyEnd = keyStart + file.readUInt16LE(at + 10);
  const end = keyEnd + file.readUInt32LE(at + 12);
  if (end > to || crc32(file.subarray(at + 8, end), seed) !== file.readUInt32LE(at + 4)) return undefined;
  const value = file[at + 9] === PUT ? Buffer.from(file.subarray(keyEnd, end)) : null;
  return { table: file[at + 8]!, key: file.toString('latin1', keyStart, keyEnd), value, end };
}
