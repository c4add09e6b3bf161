/** Archives: bombs, broken ones, and members that only some programs show. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { packed, program, rarOf, tarOf, zipOf, type ZipEntry } from '../archives.ts';
import { MEGABYTE, attached, base64, multipart, sized, times, type Maker } from './shapes.ts';

const zeros = (megabytes: number): Buffer => Buffer.alloc(megabytes * MEGABYTE);
const within = (depth: number, inner: Buffer, width = 1): Buffer =>
  depth === 0
    ? inner
    : zipOf(times(width, (i): ZipEntry => ({ name: `${i}.zip`, content: within(depth - 1, inner, width) })));

const magics = [
  'MZ',
  'PK\x03\x04',
  'PK\x05\x06',
  'Rar!\x1a\x07\x00',
  "7z\xbc\xaf'\x1c",
  '\x1f\x8b',
  'BZh',
  '\xfd7zXZ\x00',
  'MSCF',
  '%PDF-',
  '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
  '\x78\x9f\x3e\x22',
  '\x28\xb5\x2f\xfd',
];
const inBase64 = (magic: string): string =>
  `--b\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(Buffer.from(magic, 'latin1'))}`;

export const archives: readonly Maker[] = [
  ...sized('zip of zeros, megabytes', [1, 30, 300], (n) =>
    attached('a.zip', zipOf([{ name: '0', content: zeros(n) }])),
  ),
  ...sized('gzip of zeros, megabytes', [30, 300], (n) => attached('a.gz', gzipSync(zeros(n)))),
  ...sized('zstd of zeros, megabytes', [300], (n) => attached('a.zst', zstdCompressSync(zeros(n)))),
  ...sized('tar of zeros in gzip, megabytes', [150], (n) =>
    attached('a.tgz', gzipSync(Buffer.concat([tarOf([{ name: 'a', content: 'x' }]), zeros(n)]))),
  ),
  ...sized('zips within each other', [3, 10, 50], (n) => attached('a.zip', within(n, Buffer.from('x')))),
  [
    'zips within each other, ten in each',
    () => attached('a.zip', within(4, zipOf([{ name: '0', content: zeros(4) }]), 10)),
  ],
  ...sized('members that share their data', [100, 20_000], (n) =>
    attached('a.zip', zipOf(times(n, (i) => ({ name: `${i}`, content: 'x'.repeat(500), shares: i > 0 })))),
  ),
  ...sized('members', [1_000, 60_000], (n) =>
    attached('a.zip', zipOf(times(n, (i) => ({ name: `${i}`, content: 'x', method: 0 })))),
  ),
  ['a zip that is in itself', () => attached('a.zip', quine())],
  [
    'a zip that lies about sizes',
    () =>
      attached(
        'a.zip',
        zipOf([
          { name: 'a.tar', content: Buffer.concat([tarOf([]), zeros(150)]), sizeBytes: 1 },
          { name: 'b', content: 'x', sizeBytes: 0xfffffff0 },
        ]),
      ),
  ],
  [
    'a zip with two names for a member',
    () => attached('a.zip', zipOf([{ name: 'a.txt', content: program, localName: 'a.exe' }])),
  ],
  [
    'a zip with members that are not listed',
    () => attached('a.zip', zipOf(times(300, (i) => ({ name: `${i}.exe`, content: program, stray: true })))),
  ],
  [
    'a zip with offsets beyond its end',
    () => attached('a.zip', broken(zipOf([{ name: 'a', content: 'x' }]), 0xff)),
  ],
  [
    'a zip of which half is missing',
    () => attached('a.zip', zipOf([{ name: 'a', content: program }]).subarray(0, 60)),
  ],
  [
    'a zip with names that go up',
    () =>
      attached(
        'a.zip',
        zipOf([
          { name: '../../../../etc/passwd', content: 'x' },
          { name: 'C:\\Windows\\a.exe', content: 'x' },
        ]),
      ),
  ],
  [
    'a zip with names of nothing',
    () => attached('a.zip', zipOf(times(50, () => ({ name: '', content: 'x' })))),
  ],
  [
    'a zip with a name of 65,000 octets',
    () => attached('a.zip', zipOf([{ name: 'x'.repeat(65_000), content: 'x' }])),
  ],
  [
    'a zip that wants a password',
    () => attached('a.zip', zipOf([{ name: 'a.exe', content: program, flags: 1 }])),
  ],
  [
    'a zip packed in a way that nobody knows',
    () => attached('a.zip', zipOf([{ name: 'a.exe', content: program, method: 77 }])),
  ],
  [
    'a zip behind a picture',
    () =>
      attached(
        'a.jpg',
        Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), zipOf([{ name: 'a.exe', content: program }])]),
      ),
  ],
  ...Object.entries(packed).map(([name, octets]): Maker => [
    `packed, ${name}`,
    () => attached(`a.${name}`, octets),
  ]),
  ...Object.entries(packed).map(([name, octets]): Maker => [
    `packed and cut, ${name}`,
    () => attached('a', octets.subarray(0, octets.length - 30)),
  ]),
  ...Object.entries(packed).map(([name, octets]): Maker => [
    `packed and broken, ${name}`,
    () => attached('a', broken(octets, 0x55)),
  ]),
  ['a rar', () => attached('a.rar', rarOf([{ name: 'a.exe', content: program }]))],
  [
    'a rar that is broken',
    () => attached('a.rar', broken(rarOf([{ name: 'a.exe', content: program }]), 0x80)),
  ],
  ['a rar that is nothing', () => attached('a.rar', Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'))],
  [
    'a tar with a size beyond its end',
    () => attached('a.tar', broken(tarOf([{ name: 'a', content: 'x' }]), 0x37)),
  ],
  ['first octets of everything', () => multipart(`${magics.map(inBase64).join('')}--b--\r\n`)],
  [
    'winmail.dat that says more than it has',
    () =>
      attached('winmail.dat', Buffer.concat([Buffer.from('789f3e220000', 'hex'), Buffer.alloc(5_000, 0xff)])),
  ],
  [
    'winmail.dat of nothing',
    () => attached('winmail.dat', Buffer.concat([Buffer.from('789f3e220000', 'hex'), Buffer.alloc(500_000)])),
  ],
  [
    'a document with macros',
    () =>
      attached(
        'a.docx',
        zipOf([
          { name: '[Content_Types].xml', content: '<x/>' },
          { name: 'word/vbaProject.bin', content: 'x' },
        ]),
      ),
  ],
  [
    'an OLE file of nothing',
    () =>
      attached(
        'a.doc',
        Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(MEGABYTE, 0xff)]),
      ),
  ],
];

/** A gzip of a zip of a gzip … as deep as it takes to lose count, not endless but as good as. */
function quine(): Buffer {
  let inner = zipOf([{ name: 'r/r.zip', content: 'x' }]);
  for (let depth = 0; depth < 40; depth += 1)
    inner = depth % 2 === 0 ? gzipSync(inner) : zipOf([{ name: 'r/r.zip', content: inner }]);
  return inner;
}

/** Every thirteenth octet behind the first sixteen is another. */
function broken(octets: Buffer, by: number): Buffer {
  const copy = Buffer.from(octets);
  for (let at = 16; at < copy.length; at += 13) copy[at] = (copy[at] ?? 0) ^ by;
  return copy;
}
