/** TNEF as Outlook writes it into winmail.dat (MS-OXTNEF), octet by octet. It shares no code with the product. */
import { crc32 } from 'node:zlib';

export interface TnefFile {
  /** The short name, in attAttachTitle. */
  readonly title?: string;
  /** attAttachData. */
  readonly data?: Buffer;
  readonly properties?: readonly Buffer[];
}

export interface TnefMessage {
  readonly body?: string;
  readonly properties?: readonly Buffer[];
  readonly files?: readonly TnefFile[];
}

const TYPES = { string8: 0x1e, unicode: 0x1f, binary: 0x102, object: 0x0d } as const;

export function tnefOf({ body, properties = [], files = [] }: TnefMessage): Buffer {
  return Buffer.concat([
    Buffer.from('789f3e220100', 'hex'),
    attribute(1, 0x00089006, long(0x00010000)),
    attribute(1, 0x00069007, Buffer.concat([long(1252), long(0)])),
    ...(body === undefined ? [] : [attribute(1, 0x0002800c, Buffer.from(`${body}\0`))]),
    ...(properties.length > 0 ? [attribute(1, 0x00069003, listOf(properties))] : []),
    ...files.flatMap(attributesOf),
  ]);
}

function attributesOf({ title, data, properties = [] }: TnefFile): Buffer[] {
  return [
    attribute(2, 0x00069002, Buffer.concat([Buffer.from([1, 0]), Buffer.alloc(12)])),
    ...(title === undefined ? [] : [attribute(2, 0x00018010, Buffer.from(`${title}\0`))]),
    ...(data ? [attribute(2, 0x0006800f, data)] : []),
    ...(properties.length > 0 ? [attribute(2, 0x00069005, listOf(properties))] : []),
  ];
}

export function attribute(level: number, id: number, value: Buffer): Buffer {
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(value.reduce((total, octet) => (total + octet) & 0xffff, 0));
  return Buffer.concat([Buffer.from([level]), long(id), long(value.length), value, sum]);
}

export const listOf = (properties: readonly Buffer[]): Buffer =>
  Buffer.concat([long(properties.length), ...properties]);

/** A property of variable length, with one value. */
const property = (id: number, type: number, value: Buffer): Buffer =>
  Buffer.concat([long(id * 0x10000 + type), long(1), padded(value)]);

export const unicode = (id: number, text: string): Buffer =>
  property(id, TYPES.unicode, Buffer.from(`${text}\0`, 'utf16le'));

export const string8 = (id: number, text: string): Buffer =>
  property(id, TYPES.string8, Buffer.from(`${text}\0`, 'latin1'));

export const binary = (id: number, value: Buffer): Buffer => property(id, TYPES.binary, value);

export const int32 = (id: number, value: number): Buffer =>
  Buffer.concat([long(id * 0x10000 + 3), long(value)]);

/** An embedded message: behind the identifier of IMessage. */
export const object = (id: number, value: Buffer): Buffer =>
  property(id, TYPES.object, Buffer.concat([Buffer.from('0703020000000000c000000000000046', 'hex'), value]));

/** A property that has a name, and several values of two octets. */
export const named = (name: string): Buffer =>
  Buffer.concat([
    long(0x8001_1002),
    Buffer.alloc(16),
    long(1),
    padded(Buffer.from(`${name}\0`, 'utf16le')),
    long(2),
    long(7),
    long(8),
  ]);

/** Compressed RTF (MS-OXRTFCP) without any references, closed by its mark. Its CRC starts with 0 and is not inverted. */
export function compressedRtf(rtf: string): Buffer {
  const octets = Buffer.from(rtf, 'latin1');
  const runs: Buffer[] = [];
  for (let at = 0; at < octets.length; at += 8) runs.push(Buffer.from([0]), octets.subarray(at, at + 8));
  const end = ((207 + octets.length) % 4096) << 4;
  // The mark is the next item: in the last run, or in one of its own.
  const rest = octets.length % 8;
  if (rest !== 0) runs.at(-2)![0] = 1 << rest;
  const mark = Buffer.from([...(rest === 0 ? [1] : []), end >> 8, end & 0xff]);
  const content = Buffer.concat([...runs, mark]);
  return Buffer.concat([
    long(content.length + 12),
    long(octets.length),
    Buffer.from('LZFu'),
    long(~crc32(content, 0xffffffff) >>> 0),
    content,
  ]);
}

const padded = (value: Buffer): Buffer =>
  Buffer.concat([long(value.length), value, Buffer.alloc(-value.length & 3)]);

function long(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value);
  return octets;
}
