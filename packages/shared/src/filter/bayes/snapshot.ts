/**
 * All that was learnt, as one file: a line of JSON with the sums, the tokens, the messages they came of, a checksum. Written
 * beside and put in place by a rename, so there is always a whole one.
 */
import { open, rename, rm } from 'node:fs/promises';
import { existsSync, renameSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { readRegularSync } from '../../platform/files/regular-file.ts';
import type { Calibration } from './calibration.ts';
import type { Totals } from './evidence.ts';
import { TOKEN_FORM, type Kind } from './example.ts';
import type { TokenTable } from './token-table.ts';
import type { Place } from './example-log.ts';

/** What is known of a message that was learnt. */
export interface Known extends Place {
  readonly as: Kind;
  readonly at: number;
  /** Its tokens. */
  readonly tokens: number;
}

export interface Sums {
  readonly totals: Totals;
  readonly calibration: Calibration | null;
  /** Examples in files from this number on are not in it. */
  readonly from: number;
}

interface Head extends Sums {
  readonly form: number;
  readonly tokens: number;
  readonly messages: number;
}

export interface Loaded extends Sums {
  readonly messages: Map<string, Known>;
}

const TOKEN_BYTES = 16;
const MESSAGE_BYTES = 16 + 1 + 8 + 4 + 4 + 2;
const kinds: readonly Kind[] = ['none', 'spam', 'ham'];

export function encodeSnapshot(sums: Sums, table: TokenTable, messages: ReadonlyMap<string, Known>): Buffer {
  const head: Head = { ...sums, form: TOKEN_FORM, tokens: table.size, messages: messages.size };
  const line = Buffer.from(`${JSON.stringify(head)}\n`);
  const tokens = table.octets();
  const buffer = Buffer.alloc(line.length + tokens.length + MESSAGE_BYTES * messages.size + 4);
  line.copy(buffer);
  tokens.copy(buffer, line.length);
  let at = line.length + tokens.length;
  for (const [id, known] of messages) {
    buffer.write(id, at, 16, 'hex');
    buffer.writeUInt8(kinds.indexOf(known.as), at + 16);
    buffer.writeDoubleLE(known.at, at + 17);
    buffer.writeUInt32LE(known.file, at + 25);
    buffer.writeUInt32LE(known.offset, at + 29);
    buffer.writeUInt16LE(known.tokens, at + 33);
    at += MESSAGE_BYTES;
  }
  buffer.writeUInt32LE(crc32(buffer.subarray(0, at)), at);
  return buffer;
}

export async function writeSnapshot(path: string, octets: Buffer): Promise<void> {
  await rm(`${path}.new`, { force: true });
  const file = await open(`${path}.new`, 'wx', 0o600);
  try {
    await file.writeFile(octets);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/**
 * Fills the table, which is empty. A file that is damaged, or of another form, is set aside, unless it is somebody else's.
 * @returns undefined when there is none to use
 */
export function readSnapshot(
  path: string,
  table: TokenTable,
  onFault: (error: Error) => void,
  readOnly = false,
): Loaded | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return decodeSnapshot(readRegularSync(path), table);
  } catch (error) {
    if (!readOnly) renameSync(path, `${path}.set-aside`);
    const what = readOnly ? 'cannot be used' : 'is set aside';
    onFault(new Error(`${path} ${what}: ${(error as Error).message}`, { cause: error }));
    return undefined;
  }
}

/** @throws when it is not whole, or of another form; the table is untouched then */
function decodeSnapshot(buffer: Buffer, table: TokenTable): Loaded {
  const end = buffer.length - 4;
  const lineEnd = buffer.indexOf(10);
  if (lineEnd < 0 || end <= lineEnd || crc32(buffer.subarray(0, end)) !== buffer.readUInt32LE(end))
    throw new Error('it is damaged; teach again what spam and ham are');
  const head = JSON.parse(buffer.toString('utf8', 0, lineEnd)) as Head;
  if (head.form !== TOKEN_FORM)
    throw new Error('it is of another version; teach again what spam and ham are');
  let at = lineEnd + 1;
  table.addAll(buffer.subarray(at, at + TOKEN_BYTES * head.tokens));
  at += TOKEN_BYTES * head.tokens;
  const messages = new Map<string, Known>();
  for (let n = 0; n < head.messages; n += 1, at += MESSAGE_BYTES)
    messages.set(buffer.toString('hex', at, at + 16), {
      as: kinds[buffer[at + 16]!] ?? 'none',
      at: buffer.readDoubleLE(at + 17),
      file: buffer.readUInt32LE(at + 25),
      offset: buffer.readUInt32LE(at + 29),
      tokens: buffer.readUInt16LE(at + 33),
    });
  return { totals: head.totals, calibration: head.calibration, from: head.from, messages };
}
