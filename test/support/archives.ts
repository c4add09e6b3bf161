/** Archives made octet by octet, sound ones and others. They share no code with the product. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly content?: Buffer | string;
  /** As it stands; packed by `method` otherwise. */
  readonly packed?: Buffer;
  readonly method?: number;
  readonly flags?: number;
  readonly sizeBytes?: number;
  /** In front of the data, where it differs. */
  readonly localName?: string;
  /** The directory does not name it. */
  readonly stray?: boolean;
  /** Has no data of its own: that of the first entry. */
  readonly shares?: boolean;
}

export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { name, method = 8, flags = 0x800, localName = name } = entry;
    const content = Buffer.from(entry.content ?? '');
    const packed = entry.packed ?? (method === 8 ? deflateRawSync(content) : content);
    const sizes = { crc: crc32(content), packed: packed.length, size: entry.sizeBytes ?? content.length };
    const local = Buffer.concat([
      Buffer.from([0x50, 0x4b, 3, 4]),
      words(20, flags, method, 0, 0),
      longs(sizes.crc, sizes.packed, sizes.size),
      words(Buffer.byteLength(localName), 0),
      Buffer.from(localName),
      packed,
    ]);
    const at = entry.shares === true ? 0 : offset;
    if (entry.shares !== true) {
      locals.push(local);
      offset += local.length;
    }
    if (entry.stray !== true)
      central.push(
        Buffer.concat([
          Buffer.from([0x50, 0x4b, 1, 2]),
          words(20, 20, flags, method, 0, 0),
          longs(sizes.crc, sizes.packed, sizes.size),
          words(Buffer.byteLength(name), 0, 0, 0, 0),
          longs(0, at),
          Buffer.from(name),
        ]),
      );
  }
  const directory = Buffer.concat(central);
  const end = Buffer.concat([
    Buffer.from([0x50, 0x4b, 5, 6]),
    words(0, 0, central.length & 0xffff, central.length & 0xffff),
    longs(directory.length, offset),
    words(0),
  ]);
  return Buffer.concat([...locals, directory, end]);
}

/** A rar 5 archive of files that are not packed. */
export function rarOf(files: readonly { readonly name: string; readonly content: string }[]): Buffer {
  const blocks = files.map(({ name, content }) => {
    const size = Buffer.byteLength(content);
    const header = [
      2,
      2,
      ...vint(size),
      0,
      ...vint(size),
      0,
      0,
      1,
      ...vint(Buffer.byteLength(name)),
      ...Buffer.from(name),
    ];
    return Buffer.concat([rarBlock(Buffer.from(header)), Buffer.from(content)]);
  });
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'),
    rarBlock(Buffer.from([1, 0, 0])),
    ...blocks,
    rarBlock(Buffer.from([5, 0, 0])),
  ]);
}

function rarBlock(header: Buffer): Buffer {
  const sized = Buffer.concat([Buffer.from(vint(header.length)), header]);
  return Buffer.concat([longs(crc32(sized)), sized]);
}

/** Seven bits an octet, the lowest first. */
const vint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...vint(Math.floor(value / 128))];

export function tarOf(files: readonly { readonly name: string; readonly content: string }[]): Buffer {
  const blocks = files.map(({ name, content }) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write('0000644\0', 100);
    head.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
    head.write('        ', 148);
    head.write('0', 156);
    head.write('ustar\x0000', 257);
    const sum = head.reduce((total, octet) => total + octet, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const data = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
    data.write(content);
    return Buffer.concat([head, data]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function words(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => octets.writeUInt16LE(value, i * 2));
  return octets;
}

function longs(...values: readonly number[]): Buffer {
  const octets = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => octets.writeUInt32LE(value >>> 0, i * 4));
  return octets;
}

/** What looks like a program of Windows, and is none. */
export const program = `MZ${'\0'.repeat(100)}This program cannot be run in DOS mode.`;

/** Made by 7-Zip and libarchive, each of one program named inner.exe: nothing here packs like them. */
export const packed = {
  plain: Buffer.from(
    'N3q8ryccAAQ6bnZPHgAAAAAAAABaAAAAAAAAAB9A0ErgAHEAFl0AJpZ8G6GrKVaHS8FS+yx+lcUPrE3wAAABBAYAAQkeAAcLAQABISEBAAxyAA' +
      'gKASXB4xMAAAUBGQwAAAAAAAAAAAAAAAARFQBpAG4AbgBlAHIALgBlAHgAZQAAABQKAQBDNlX+8XzdARUGAQAggKSBAAA=',
    'base64',
  ),
  encrypted: Buffer.from(
    'N3q8ryccAAQ4kD1dIAAAAAAAAABqAAAAAAAAAOVpSYpR4DlgUy2o51oZ5chxttuhZkML6J6zRgLWV4q8gYlscQEEBgABCSAABwsBAAIkBvEHAR' +
      'JTDwyiCy59HgaNhSOObSsmNbkhIQEAAQAMHnIACAoBJcHjEwAABQEZAQARFQBpAG4AbgBlAHIALgBlAHgAZQAAABQKAQBDNlX+8XzdARUGAQAg' +
      'gKSBAAA=',
    'base64',
  ),
  hidden: Buffer.from(
    'N3q8ryccAAQLMKpgkAAAAAAAAAAuAAAAAAAAABgob/bOv1YXdmqvXqfnE4P54q5N66Mh7AFBoPUs/zoaDeQ+P0b70sItva0lcj8BKL9pwix2BQ' +
      'AecW4x250mLUVOSTdZw4rblo6oIQQP281qhkE/5uIS9d1OVTRuekUPWOFBTseUNs8ytKaGqmh9sjA5AGRkT5FivxH3zs6sF0K92o3PLNEuDc+v' +
      'YnyboDm3TRzH3AEXBiABCXAABwsBAAEkBvEHARJTDythpnY+PS7FiUxCnMQRKxQMagoBG7QC/wAA',
    'base64',
  ),
  tarXz: Buffer.from(
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/AIFdADSbrMp1OKaIH8RqKNwckYSTp7QF8Vh/gWUP9K7OQfAqa/mCcWXCF+sCF/70rgYAJ0MKzg' +
      'h88v5bN8EuGV9FYcNP0rgWJAeei9Htt7xdgdcZCUI05VlFQlipGm88LXXuIcM4ySP2q1hN56tRuuWrCXy8V6vipeqJypritPWpwt+gAAAAAABz' +
      'k7ff3am31wABnQGAUAAAe2Ao3rHEZ/sCAAAAAARZWg==',
    'base64',
  ),
  tarBzip2: Buffer.from(
    'QlpoOTFBWSZTWVaiq20AAIL/kNQAAEBAAX+AAAIEkGLj3kAEAIAIIAB0IIEaNAYmmgYIJKQNADQAGgHmN80vyEGzRCQ6IHwiESIYTjmEEFvUjW' +
      'pCrQhgcyGnExbMa7J6CQBiUbNKVVizkg1hWXU/LTkqmA3BBM6V9iuywk9bhEQD8XckU4UJBWoqttA=',
    'base64',
  ),
} as const;
