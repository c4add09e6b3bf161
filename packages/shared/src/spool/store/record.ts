/**
 * How an entry is written down: a head that can be read without parsing, the entry as JSON, and the CRC-32 of both.
 *
 *     dueAt (16 digits)  where the body is (m | f)  Received fields (4 digits)  SP  lane  LF  JSON  LF  CRC-32 (8 hex digits)
 *
 * Keys are ASCII and ordered as bytes: an entry and its body are found by id, the index by lane, dueAt and id.
 *
 *     lane  HT  dueAt (16 digits)  id
 *
 * An entry that is due never (held, nothing open) is in the index too, in a lane of its own, so that index and entries
 * always have the same count. Earlier versions wrote no lane (`convert.ts` adds it) and no CRC.
 */
import { crc32 } from 'node:zlib';
import type { Entry } from '../../platform/values/entry.ts';
import { dueAt } from '../../platform/values/entry.ts';
import { laneOf, neverLane } from './lane.ts';
import type { Damage } from './spool.ts';

/** In the map, or in a file of its own. */
export type BodyPlace = 'm' | 'f';

export interface RecordHead {
  readonly due: string;
  readonly lane: string;
  readonly place: BodyPlace;
  readonly hops: number;
}

const dueDigits = 16;
/** Before the lane. */
const headDigits = dueDigits + '|9999|'.length;
const never = '9'.repeat(dueDigits);

const digits = (value: number, count: number): string => String(value).padStart(count, '0');

/** A time as it stands in keys; a time that is no number is due at once, for a queue must not lose what it holds. */
export function dueText(time: number): string {
  if (time === Infinity) return never;
  return digits(time > 0 ? Math.min(Math.ceil(time), Number.MAX_SAFE_INTEGER) : 0, dueDigits);
}

export const dueTime = (due: string): number => (due === never ? Infinity : Number(due));

/** The key in the index. */
export const indexKey = ({ lane, due }: Pick<RecordHead, 'lane' | 'due'>, id: string): string =>
  `${lane}\t${due}${id}`;

export const laneOfKey = (key: string): string => key.slice(0, key.indexOf('\t'));
export function dueOfKey(key: string): string {
  const start = key.indexOf('\t') + 1;
  return key.slice(start, start + dueDigits);
}
export const idOfKey = (key: string): string => key.slice(key.indexOf('\t') + 1 + dueDigits);

/** The key of an entry that is never due. */
export const neverKey = (id: string): string => indexKey({ lane: neverLane, due: never }, id);

/** Before every key of a lane, and behind every one. */
export const laneStart = (lane: string): string => `${lane}\t`;
export const laneEnd = (lane: string): string => `${lane}\n`;

/** `admit` says which lane is kept for a name. */
export function headOf(
  entry: Entry,
  place: BodyPlace,
  hops: number,
  admit: (lane: string) => string = (lane) => lane,
): RecordHead {
  const due = dueText(dueAt(entry));
  return { due, lane: due === never ? neverLane : admit(laneOf(entry)), place, hops };
}

export function encodeRecord({ due, lane, place, hops }: RecordHead, entry: Entry): Buffer {
  const text = `${due}${place}${digits(Math.min(hops, 9999), 4)} ${lane}\n${JSON.stringify(entry)}`;
  return Buffer.from(`${text}\n${hexOf(crc32(text))}`);
}

const hexOf = (sum: number): string => sum.toString(16).padStart(8, '0');
const lineFeed = 10;
const sumBytes = '\n01234567'.length;
const headPattern = /^(\d{16})([mf])(\d{4})(?: ([ -~]+))?$/;

/** The head of a record, or undefined when it has none. Its lane is undefined in a record of version 0.1.0. */
export function decodeHead(
  record: Buffer,
): (Omit<RecordHead, 'lane'> & { readonly lane: string | undefined }) | undefined {
  const [, due, place, hops, lane] = headPattern.exec(record.toString('latin1', 0, headEnd(record))) ?? [];
  return due === undefined ? undefined : { due, lane, place: place as BodyPlace, hops: Number(hops) };
}

const headEnd = (record: Buffer): number => record.indexOf(lineFeed);

/** The entry of a record, or in words why there is none. */
export function decodeEntry(id: string, record: Buffer): Entry | { readonly fault: string } {
  if (!decodeHead(record)) return { fault: 'the record of the entry does not begin as records do' };
  if (!hasRightSum(record)) return { fault: 'the record of the entry is another than was stored' };
  try {
    return wholeEntry(id, JSON.parse(jsonIn(record)));
  } catch (error) {
    return { fault: `the record of the entry is no JSON: ${(error as Error).message}` };
  }
}

/** The JSON of a record, which may be damaged. */
export const jsonIn = (record: Buffer): string =>
  record.toString('utf8', headEnd(record) + 1, hasSum(record) ? record.length - sumBytes : record.length);

/** There is no other line feed behind the head. */
export const hasSum = (record: Buffer): boolean =>
  record[record.length - sumBytes] === lineFeed && headEnd(record) < record.length - sumBytes;

export const hasRightSum = (record: Buffer): boolean =>
  !hasSum(record) ||
  record.toString('latin1', record.length - sumBytes + 1) ===
    hexOf(crc32(record.subarray(0, record.length - sumBytes)));

/** The lane of a record, which may be damaged; '' when it has none. */
export const laneIn = (record: Buffer): string => record.toString('latin1', headDigits, headEnd(record));

export function wholeEntry(id: string, parsed: unknown): Entry | { readonly fault: string } {
  const entry = parsed as Partial<Entry> | null;
  if (entry?.id !== id) return { fault: `the record belongs to another entry: ${String(entry?.id)}` };
  const whole =
    Array.isArray(entry.recipients) && typeof entry.reversePath === 'string' && entry.body?.sha256;
  return whole
    ? (entry as Entry)
    : { fault: 'the record of the entry lacks recipients, reverse-path or body' };
}

/** A damaged entry as it is kept: what is wrong, since when, and the record octet by octet. */
export function encodeDamage({ id, fault }: Damage, at: number, record: Buffer): Buffer {
  return Buffer.from(JSON.stringify({ id, fault, at, record: record.toString('latin1') }));
}

export function decodeDamage(kept: Buffer): Damage {
  const { id, fault } = JSON.parse(kept.toString()) as Damage;
  return { id, fault };
}
