/**
 * Zip archives (APPNOTE 6.3) by their central directory, and what stands beside it: members that it does not name are shown
 * by some programs, so they are read too. Names, sizes and heads; content only where it is asked for.
 */
import { isUtf8 } from 'node:buffer';
import {
  ArchiveFault,
  Bomb,
  ENCRYPTED,
  HEAD_BYTES,
  isBomb,
  TooLarge,
  type Member,
  type Unpacking,
} from './archive.ts';
import { inflated, inflatedStart, START_BYTES } from './inflate.ts';

const LOCAL = Buffer.from('PK\x03\x04', 'latin1');
const CENTRAL = 0x02014b50;
const END = Buffer.from('PK\x05\x06', 'latin1');
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** Of the archive's own comment, and so how far from its end the end record may stand. */
const COMMENT_BYTES = 65_535;
/** Local headers outside the central directory that are looked at. */
const STRAYS = 200;
const ZIP64 = 0xffffffff;
/** Of a name, its end: no file system has longer ones. */
const NAME_BYTES = 1_024;

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  /** The size that it must not exceed: streams do not state it before the data. */
  readonly statedBytes: number;
  /** Where its local header stands, and its data; `end` of the data. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** @throws ArchiveFault when it is no zip, Bomb when members share their octets or grow beyond reason */
export function* zipMembers(octets: Buffer, unpacking: Unpacking): Iterable<Member> {
  const entries = centralEntries(octets, unpacking.members);
  refuseBombs(octets, entries);
  for (const entry of entries) {
    if (unpacking.roomBytes <= 0) throw new TooLarge('it unpacks to more than attachments.unpack allows');
    const local = localEntry(octets, entry.at);
    // Programs that read a zip as a stream show the name that stands before the data.
    if (local && local.name !== entry.name) yield memberOf(octets, { ...entry, name: local.name }, unpacking);
    yield memberOf(octets, entry, unpacking);
  }
  const strays = strayEntries(octets, entries);
  for (const entry of strays) yield memberOf(octets, entry, unpacking);
  if (entries.length === 0 && strays.length === 0 && octets.indexOf(END) === -1)
    throw new ArchiveFault('it is damaged: no directory of the archive');
}

function memberOf(octets: Buffer, entry: Entry, unpacking: Unpacking): Member {
  const { name, sizeBytes, statedBytes, flags, method, from, to } = entry;
  const data = octets.subarray(from, to);
  const none = { name, sizeBytes, head: Buffer.alloc(0) };
  const compression = method === 93 ? 'zstd' : 'deflate';
  const content = (): Buffer => (method === 0 ? data : inflated(data, compression, unpacking, statedBytes));
  if ((flags & 1) !== 0 || method === 99) return { ...none, encrypted: true, unopened: ENCRYPTED, content };
  if (method === 0) return { ...none, head: data.subarray(0, HEAD_BYTES), content };
  if (method !== 8 && method !== 93)
    return { ...none, unopened: `compression method ${method} is not known here`, foreign: true, content };
  try {
    const head = inflatedStart(data, compression, unpacking);
    return data.length <= START_BYTES && compression === 'deflate'
      ? { ...none, head, content }
      : { ...none, head, content, check: () => void content() };
  } catch (error) {
    return { ...none, unopened: (error as Error).message, content };
  }
}

function centralEntries(octets: Buffer, most: number): Entry[] {
  const end = octets.lastIndexOf(END);
  if (end === -1 || end < octets.length - END_BYTES - COMMENT_BYTES || end + END_BYTES > octets.length)
    return [];
  const bytes = octets.readUInt32LE(end + 12);
  const offset = octets.readUInt32LE(end + 16);
  // Octets in front of the archive move all its offsets.
  const shift = offset === ZIP64 ? 0 : Math.max(0, end - bytes - offset);
  const entries: Entry[] = [];
  let at = offset === ZIP64 ? octets.indexOf('PK\x01\x02', 0, 'latin1') : offset + shift;
  while (at >= 0 && at + CENTRAL_BYTES <= octets.length && octets.readUInt32LE(at) === CENTRAL) {
    // One more than is looked at shows that there are more.
    if (entries.length > most) break;
    const lengths = [28, 30, 32].map((field) => octets.readUInt16LE(at + field)) as [number, number, number];
    entries.push(centralEntry(octets, at, shift));
    at += CENTRAL_BYTES + lengths[0] + lengths[1] + lengths[2];
  }
  return entries;
}

function centralEntry(octets: Buffer, at: number, shift: number): Entry {
  const nameBytes = octets.readUInt16LE(at + 28);
  const extra = octets.subarray(
    at + CENTRAL_BYTES + nameBytes,
    at + CENTRAL_BYTES + nameBytes + octets.readUInt16LE(at + 30),
  );
  const [sizeBytes, packedBytes, offset] = withZip64(extra, [
    octets.readUInt32LE(at + 24),
    octets.readUInt32LE(at + 20),
    octets.readUInt32LE(at + 42),
  ]);
  const local = offset + shift;
  const from = dataOf(octets, local);
  return {
    name: nameOf(octets.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes)),
    flags: octets.readUInt16LE(at + 8),
    method: octets.readUInt16LE(at + 10),
    packedBytes,
    sizeBytes,
    statedBytes: sizeBytes,
    at: local,
    from,
    to: Math.min(octets.length, from + packedBytes),
  };
}

/** Those that do not fit in 32 bits stand in the extra field, in this order. */
function withZip64(extra: Buffer, values: [number, number, number]): [number, number, number] {
  if (!values.includes(ZIP64)) return values;
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) at += 4 + extra.readUInt16LE(at + 2);
  at += 4;
  return values.map((value) => {
    if (value !== ZIP64 || at + 8 > extra.length) return value;
    at += 8;
    return Number(extra.readBigUInt64LE(at - 8));
  }) as [number, number, number];
}

function dataOf(octets: Buffer, local: number): number {
  if (local < 0 || local + LOCAL_BYTES > octets.length) return octets.length;
  const from = local + LOCAL_BYTES + octets.readUInt16LE(local + 26) + octets.readUInt16LE(local + 28);
  return Math.min(from, octets.length);
}

function localEntry(octets: Buffer, at: number): Entry | undefined {
  if (at < 0 || at + LOCAL_BYTES > octets.length || octets.readUInt32LE(at) !== LOCAL.readUInt32LE(0))
    return undefined;
  const from = dataOf(octets, at);
  const packedBytes = octets.readUInt32LE(at + 18);
  return {
    name: nameOf(octets.subarray(at + LOCAL_BYTES, at + LOCAL_BYTES + octets.readUInt16LE(at + 26))),
    flags: octets.readUInt16LE(at + 6),
    method: octets.readUInt16LE(at + 8),
    packedBytes,
    sizeBytes: octets.readUInt32LE(at + 22),
    statedBytes: Infinity,
    at,
    from,
    // Written as a stream its size stands behind the data.
    to: packedBytes === 0 ? octets.length : Math.min(octets.length, from + packedBytes),
  };
}

/** Local headers that no entry of the directory has, and that stand in no entry's data. */
function strayEntries(octets: Buffer, entries: readonly Entry[]): Entry[] {
  const inOrder = entries.toSorted((a, b) => a.at - b.at);
  const strays: Entry[] = [];
  let next = 0;
  for (let at = octets.indexOf(LOCAL); at !== -1 && strays.length < STRAYS; at = octets.indexOf(LOCAL, at)) {
    while (next < inOrder.length && inOrder[next]!.to <= at) next += 1;
    const entry = inOrder[next];
    if (entry && entry.at <= at) at = Math.max(entry.to, at + 1);
    else {
      const stray = localEntry(octets, at);
      if (stray && stray.name !== '') strays.push(stray);
      at += LOCAL.length;
    }
  }
  return strays;
}

/** Members that share their data unpack to any size; nobody needs that for mail. */
function refuseBombs(octets: Buffer, entries: readonly Entry[]): void {
  const inOrder = entries.filter(({ to, from }) => to > from).sort((a, b) => a.from - b.from);
  const total = inOrder.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (isBomb(octets.length, total))
    throw new Bomb(`it is made to unpack to ${Math.round(total / 1024 / 1024)} MB`);
  for (const [i, entry] of inOrder.entries())
    if (i > 0 && entry.from < inOrder[i - 1]!.to) throw new Bomb('its members share their data');
}

function nameOf(octets: Buffer): string {
  const name = octets.subarray(-NAME_BYTES);
  return (isUtf8(name) ? name.toString('utf8') : name.toString('latin1')).replaceAll('\\', '/');
}
