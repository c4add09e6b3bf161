/** Files in archives. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { packed, rarOf, tarOf, zipOf } from '../support/archives.ts';
import { attached, messageOf, mixed, octetsOf, plainPart, type Entity } from './mime.ts';
import { entityOf, type Payload } from './payloads.ts';
import { rtf } from './rtf.ts';
import { files, type Trick, type Tricks } from './trick.ts';

const archive =
  (name: string, make: (payload: Payload) => Buffer, type = 'application/octet-stream') =>
  (payload: Payload): Entity =>
    attached(type, name, make(payload).toString('latin1'));
const entry = ({ name, octets }: Payload) => ({ name, content: octets });
const zip = (payload: Payload): Buffer => zipOf([entry(payload)]);
const mailIn = (payload: Payload): Buffer => octetsOf(messageOf(mixed(plainPart, entityOf(payload))));

const archives: readonly Trick[] = [
  ['zip', 'all', archive('a.zip', zip)],
  ['zip-other-name', 'opened by who reads it', archive('a.dat', zip)],
  ['zip-as-text', 'opened by who reads it', archive('a.zip', zip, 'text/plain')],
  ['zip-as-html', 'opened by who reads it', archive('a.zip', zip, 'text/html')],
  ['zip-stored', 'all', archive('a.zip', (payload) => zipOf([{ ...entry(payload), method: 0 }]))],
  [
    'zip-second-file',
    'all',
    archive('a.zip', (payload) => zipOf([{ name: 'b.txt', content: 'x' }, entry(payload)])),
  ],
  [
    'zip-local-name-differs',
    'one or the other',
    archive('a.zip', (payload) => zipOf([{ ...entry(payload), localName: 'b.txt' }])),
  ],
  [
    'zip-directory-name-differs',
    'one or the other',
    archive('a.zip', (payload) => zipOf([{ ...entry(payload), name: 'b.txt', localName: payload.name }])),
  ],
  [
    'zip-not-in-directory',
    '7-Zip, Windows',
    archive('a.zip', (payload) =>
      zipOf([
        { name: 'b.txt', content: 'x' },
        { ...entry(payload), stray: true },
      ]),
    ),
  ],
  [
    'zip-without-directory',
    '7-Zip repairs it',
    archive('a.zip', (payload) => zip(payload).subarray(0, zip(payload).indexOf('PK\x01\x02'))),
  ],
  [
    'zip-behind-junk',
    'all: the directory is at the end',
    archive('a.zip', (payload) => Buffer.concat([Buffer.from('Good morning.\n'), zip(payload)])),
  ],
  ['zip-before-junk', 'all', archive('a.zip', (payload) => Buffer.concat([zip(payload), Buffer.alloc(100)]))],
  [
    'zip-behind-zip',
    'one or the other',
    archive('a.zip', (payload) => Buffer.concat([zipOf([{ name: 'b.txt', content: 'x' }]), zip(payload)])),
  ],
  [
    'zip-before-zip',
    'one or the other',
    archive('a.zip', (payload) => Buffer.concat([zip(payload), zipOf([{ name: 'b.txt', content: 'x' }])])),
  ],
  [
    'zip-path',
    'all',
    archive('a.zip', (payload) => zipOf([{ ...entry(payload), name: `../b/${payload.name}` }])),
  ],
  [
    'zip-backslash-path',
    'Windows',
    archive('a.zip', (payload) => zipOf([{ ...entry(payload), name: `b\\${payload.name}` }])),
  ],
  [
    'zip-encrypted',
    'who has the password',
    archive('a.zip', (payload) => zipOf([{ ...entry(payload), flags: 0x801 }])),
  ],
  ['zip-unknown-method', '7-Zip', archive('a.zip', (payload) => zipOf([{ ...entry(payload), method: 97 }]))],
  ['zip-in-zip', 'all', archive('a.zip', (payload) => zipOf([{ name: 'b.zip', content: zip(payload) }]))],
  [
    'zip-in-zip-5',
    'all',
    archive('a.zip', (payload) =>
      [1, 2, 3, 4].reduce((each) => zipOf([{ name: 'b.zip', content: each }]), zip(payload)),
    ),
  ],
  ['tar', 'all', archive('a.tar', (payload) => tarOf([entry(payload)]))],
  ['tar-gz', 'all', archive('a.tgz', (payload) => gzipSync(tarOf([entry(payload)])))],
  ['tar-zst', '7-Zip', archive('a.tzst', (payload) => zstdCompressSync(tarOf([entry(payload)])))],
  [
    'gz',
    'all',
    (payload) =>
      attached(
        'application/gzip',
        `${payload.name}.gz`,
        gzipSync(octetsOf(payload.octets)).toString('latin1'),
      ),
  ],
  [
    'gz-twice',
    '7-Zip',
    (payload) =>
      attached(
        'application/gzip',
        `${payload.name}.gz.gz`,
        gzipSync(gzipSync(octetsOf(payload.octets))).toString('latin1'),
      ),
  ],
  [
    'zst',
    '7-Zip',
    (payload) =>
      attached(
        'application/zstd',
        `${payload.name}.zst`,
        zstdCompressSync(octetsOf(payload.octets)).toString('latin1'),
      ),
  ],
  ...Object.entries({
    ar: '!<arch>\n',
    compress: '\x1f\x9d\x90',
    lzip: 'LZIP\x01',
    lzma: `\x5d\x00\x00\x80\x00${'\xff'.repeat(8)}`,
    wim: 'MSWIM\x00\x00\x00',
    xar: 'xar!',
    applesingle: '\x00\x05\x16\x00',
  }).map(([kind, start]): Trick => [
    kind,
    'opened by 7-Zip or macOS',
    archive('a.dat', ({ octets }) => octetsOf(`${start}${octets}`)),
  ]),
  ['rar', '7-Zip, WinRAR', archive('a.rar', (payload) => rarOf([entry(payload)]))],
  [
    'eml-in-zip',
    'opened by who reads it',
    archive('a.zip', (payload) => zipOf([{ name: 'a.eml', content: mailIn(payload) }])),
  ],
  [
    'eml-in-eml-in-zip',
    'opened by who reads it',
    archive('a.zip', (payload) =>
      zipOf([
        {
          name: 'a.eml',
          content: octetsOf(
            messageOf(attached('message/rfc822', 'b.eml', mailIn(payload).toString('latin1'))),
          ),
        },
      ]),
    ),
  ],
  [
    'mht-in-tar-gz',
    'opened by who reads it',
    archive('a.tgz', (payload) =>
      gzipSync(tarOf([{ name: 'a.mht', content: mailIn(payload).toString('latin1') }])),
    ),
  ],
  [
    'zip-in-eml',
    'all',
    (payload) =>
      mixed(plainPart, {
        fields: ['Content-Type: message/rfc822'],
        body: messageOf(archive('a.zip', zip)(payload)).replaceAll('outer_1', 'inner_2'),
      }),
  ],
];

const sevenZips: readonly Trick[] = Object.entries(packed).map(([name, octets]) => [
  `7z-${name}`,
  '7-Zip',
  ({ host }) =>
    attached(
      'application/x-7z-compressed',
      'a.7z',
      host === 'good.example' ? 'x' : octets.toString('latin1'),
    ),
]);

const page = ({ host }: Payload): string => `<html><a href="&#104;ttp://${host}/pay">a</a>`;
const linked: readonly Trick[] = [
  [
    'html-in-zip',
    'opened by who reads it',
    archive('a.zip', (payload) => zipOf([{ name: 'a.html', content: page(payload) }])),
  ],
  [
    'html-by-name-in-zip',
    'opened by who reads it',
    archive('a.zip', (payload) => zipOf([{ name: 'a.htm', content: page(payload).slice(6) }])),
  ],
  [
    'html-in-tar',
    'opened by who reads it',
    archive('a.tar', (payload) => tarOf([{ name: 'a.html', content: page(payload) }])),
  ],
  [
    'rtf-in-zip',
    'opened by who reads it',
    archive('a.zip', (payload) => zipOf([{ name: 'a.rtf', content: rtf(payload) }])),
  ],
];

export const packedFiles: readonly Tricks[] = [
  { area: 'archive-with-link', payloads: ['link'], tricks: linked },
  { area: 'archive', payloads: files, tricks: archives },
  { area: 'archive', payloads: ['program'], tricks: sevenZips },
];
