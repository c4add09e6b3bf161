/**
 * Composes the messages of simulated senders. They have several sizes and a mark that identifies each of them
 * everywhere. The mark is the first field, so everything before it was added in transit. Pure.
 */
import { createHash } from 'node:crypto';

const MARK = 'X-Rehearsal-Id';

export interface Letter {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly sizeBytes: number;
  readonly writtenAt: number;
}

const KILOBYTE = 1024;
/** The sizes in turn: most mail is small, and some is too large to be kept in memory. */
const SIZES = [2, 2, 4, 2, 20, 2, 6, 2, 40, 3].map((size) => size * KILOBYTE);
const LARGE_BYTES = 300 * KILOBYTE;
const LARGE_EVERY = 50;

export const sizeOf = (number: number): number =>
  number % LARGE_EVERY === LARGE_EVERY - 1 ? LARGE_BYTES : SIZES[number % SIZES.length]!;

/** The same letter always has the same octets. */
export function composeLetter({ id, from, to, sizeBytes, writtenAt }: Letter): Buffer {
  const header =
    `${MARK}: ${id}\r\nMessage-ID: <${id}@${domainIn(from)}>\r\nDate: ${dateText(writtenAt)}\r\n` +
    `From: <${from}>\r\nTo: ${to.map((address) => `<${address}>`).join(', ')}\r\n` +
    `Subject: Rehearsal ${id}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n`;
  const line = `.Line of ${id}, long enough to be like a line of a letter that somebody wrote.\r\n`;
  return Buffer.from(header + line.repeat(Math.ceil(Math.max(1, sizeBytes - header.length) / line.length)));
}

export const digestOf = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex');

/** The date format of RFC 5322 §3.3. */
const dateText = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');

const domainIn = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

/** What a server reads from a received message. */
export interface Reading {
  /** '' if the message neither has a mark nor quotes one. */
  readonly id: string;
  /** The digest of the octets from the mark on, or of all octets of a notice. */
  readonly digest: string;
  /** For a notice, the recipients with a permanent failure. */
  readonly failed?: readonly string[];
}

const SEARCHED_BYTES = 64 * KILOBYTE;

/** @param reversePath '' for a notice */
export function readLetter(octets: Buffer, reversePath: string): Reading {
  const text = octets.toString('latin1', 0, SEARCHED_BYTES);
  const start = text.search(new RegExp(`^${MARK}:`, 'm'));
  const id = new RegExp(`^${MARK}: *([\\w-]+)`, 'm').exec(text)?.[1] ?? '';
  if (reversePath !== '') return { id, digest: digestOf(octets.subarray(Math.max(0, start))) };
  const groups = text.split('\r\n\r\n').filter((group) => /^Action: failed/im.test(group));
  const failed = groups.flatMap((group) => /^Final-Recipient: *[\w-]+; *(\S+)/im.exec(group)?.[1] ?? []);
  return { id, digest: digestOf(octets), failed };
}
