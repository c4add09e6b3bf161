/**
 * How an entry is written down: a head of fixed width, that can be read without parsing, and the entry as JSON.
 *
 *     dueAt (16 digits)  where the body is (m | f)  Received fields (4 digits)  LF  JSON
 *
 * Keys are ASCII and ordered as bytes: an entry and its body are found by id, the due index by dueAt + id.
 * An entry that is due never (held, nothing open) is in the index too, behind all others, so that index and entries
 * always have the same count.
 */
import type { Entry } from '../values/entry.ts';
import { dueAt } from '../values/entry.ts';
import type { Damage } from './spool.ts';

/** In the map, or in a file of its own. */
export type BodyPlace = 'm' | 'f';

export interface RecordHead {
  readonly due: string;
  readonly place: BodyPlace;
  readonly hops: number;
}

const dueDigits = 16;
const headBytes = dueDigits + 1 + 4 + 1;
const never = '9'.repeat(dueDigits);

const digits = (value: number, count: number): string => String(value).padStart(count, '0');

/** A time as it stands in keys; a time that is no number is due at once, for a queue must not lose what it holds. */
export function dueText(time: number): string {
  if (time === Infinity) return never;
  return digits(time > 0 ? Math.min(Math.ceil(time), Number.MAX_SAFE_INTEGER) : 0, dueDigits);
}

export const dueTime = (due: string): number => (due === never ? Infinity : Number(due));

export const dueKey = (due: string, id: string): string => due + id;
export const dueOfKey = (key: string): string => key.slice(0, dueDigits);
export const idOfKey = (key: string): string => key.slice(dueDigits);

/** The key of an entry that is never due. */
export const neverKey = (id: string): string => dueKey(never, id);

/** The first key behind everything due at `now`. */
export const dueKeyAfter = (now: number): string => dueText(Math.floor(now) + 1);

export function headOf(entry: Entry, place: BodyPlace, hops: number): RecordHead {
  return { due: dueText(dueAt(entry)), place, hops };
}

export function encodeRecord(head: RecordHead, entry: Entry): Buffer {
  return Buffer.from(
    `${head.due}${head.place}${digits(Math.min(head.hops, 9999), 4)}\n${JSON.stringify(entry)}`,
  );
}

/** The head of a record, or undefined when it has none. */
export function decodeHead(record: Buffer): RecordHead | undefined {
  const head = record.toString('latin1', 0, headBytes);
  if (!/^\d{16}[mf]\d{4}\n$/.test(head)) return undefined;
  return {
    due: head.slice(0, dueDigits),
    place: head[dueDigits] as BodyPlace,
    hops: Number(head.slice(dueDigits + 1, headBytes - 1)),
  };
}

/** The entry of a record, or in words why there is none. */
export function decodeEntry(id: string, record: Buffer): Entry | { readonly fault: string } {
  if (!decodeHead(record)) return { fault: 'the record of the entry does not begin as records do' };
  let entry: Partial<Entry> | null;
  try {
    entry = JSON.parse(record.toString('utf8', headBytes)) as Partial<Entry> | null;
  } catch (error) {
    return { fault: `the record of the entry is no JSON: ${(error as Error).message}` };
  }
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
