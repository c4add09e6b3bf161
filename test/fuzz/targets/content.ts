/** Messages through the reader of content, and archives through what looks into them: within their bounds, whatever is in them. */
import { Openings } from '@mailpair/shared/filter/content/open-attachments';
import {
  loadLibarchive,
  MOST_MEMORY_BYTES,
  type Libarchive,
} from '@mailpair/shared/filter/content/archives/libarchive';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import type { Content } from '@mailpair/shared/platform/values/content';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { packed, program, rarOf, tarOf, zipOf } from '../../support/archives.ts';
import { compressed, pem, signed } from '../../support/cms.ts';
import { compoundFileOf, type Node } from '../../support/compound-file.ts';
import { hostileMessages } from '../../support/hostile/messages.ts';
import { binary, compressedRtf, named, object, tnefOf, unicode } from '../../support/tnef.ts';
import { must, type TargetFile } from '../target.ts';

/** Larger ones take long to mutate and say nothing new. */
const SEED_BYTES = 6 * 1024;
const isLarge = /× \d{4,}|megabyte|MB|lies about sizes/;
const LONGEST = 64 * 1024;
const GROWN_BYTES = 64 * 1024 * 1024;
const unpack = { depth: 3, bytes: 8 * 1024 * 1024, cpuMs: Infinity };

const words = [
  '\r\n',
  '\r\n\r\n',
  '--b',
  '--b--',
  'Content-Type: multipart/mixed; boundary=b\r\n',
  'Content-Type: message/rfc822\r\n\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  '; filename*0*=',
  "utf-8''%41",
  '=?utf-8?b?',
  '?=',
  '=\r\n',
  '=3D',
  '<a href="http://x.test/',
  'BEGIN:VCALENDAR\r\n',
  'ATTACH;ENCODING=BASE64:',
  '%PDF-',
  '/URI (',
  '<!--',
  '-->',
  '<div style="display:none">',
  '</div>',
  '&#x41;',
  'http://',
  'begin 644 a\r\n',
  '=ybegin name=a\r\n',
  'Content-Transfer-Encoding: x-yencode\r\n',
  '<p style="a:\\75rl(\\68ttp://',
  '?q=x.test/p',
  '\\\\x.test@80\\',
  'Content-Type: multipart / mixed; boundary=c boundary=b\r\n',
  'Content-Disposition: attachment; filename*1=a; filename=a.eml\r\n',
  'Content-Type: text/plain; charset=utf-7; format=flowed; delsp=yes\r\n',
  'MZ',
  '\0',
  '"',
  '(',
  '<',
];

const archiveWords = [
  'PK\x03\x04',
  'PK\x01\x02',
  'PK\x05\x06',
  '\x1f\x8b\x08',
  "7z\xbc\xaf'\x1c",
  'Rar!\x1a\x07\x01\0',
  'ustar\0',
  'MSCF',
  '070701',
  'BZh9',
  '\xfd7zXZ\0',
  '\x28\xb5\x2f\xfd',
  '-lh5-',
  'CD001',
  '\x78\x9f\x3e\x22',
  '\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02',
  '\x30\x80',
  '\x24\x80',
  '\x1f\0\x07\x37',
  '\x02\x01\x01\x37',
  '\x02\x01\x09\x10',
  'LZFu',
  '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
  '3\x007\x000\x001\x00',
  '\xfe\xff\xff\xff',
  '{\\*\\htmltag ',
  '\xff\xff\xff\xff',
  '\0\0\0\0',
  '\x01\0',
  '\x7f',
];

const entity = Buffer.from('Content-Type: text/html; name=a\r\n\r\n<a href="http://x.test/">x</a>');
const rtf = compressedRtf(
  '{\\rtf1\\fromhtml1{\\*\\htmltag64 <a href="http://x.test/">}\\htmlrtf x\\htmlrtf0 }',
);
const winmail = tnefOf({
  body: 'http://x.test/',
  properties: [named('x'), binary(0x1009, rtf), unicode(0x1013, '<p>x')],
  files: [
    { title: 'a', data: Buffer.from(program), properties: [unicode(0x3707, 'a.exe')] },
    { properties: [object(0x3701, tnefOf({ body: 'x' }))] },
  ],
});
const stream = (name: string, content: string | Buffer): Node => ({ name, content: Buffer.from(content) });
const outlookMessage = compoundFileOf([
  stream('__properties_version1.0', Buffer.alloc(48)),
  stream('__substg1.0_10090102', rtf),
  {
    name: '__attach_version1.0_#00000000',
    content: [
      stream('__substg1.0_3707001F', Buffer.from('a.exe', 'utf16le')),
      stream('__substg1.0_37010102', program),
      { name: '__substg1.0_3701000D', content: [stream('__substg1.0_1000001E', 'http://x.test/')] },
    ],
  },
]);

export const mime: TargetFile = {
  name: 'mime',
  open: () => ({
    name: 'mime',
    seeds: [...hostileMessages((name) => !isLarge.test(name))]
      .map(({ octets }) => octets)
      .filter(({ length }) => length <= SEED_BYTES),
    words,
    longestBytes: LONGEST,
    budgetMs: 1_000,
    run: (input) => checkBounds(readContent(input)),
  }),
};

export const archives: TargetFile = {
  name: 'archives',
  async open() {
    let library: Libarchive = await loadLibarchive();
    const member = { name: 'a.exe', content: program };
    return {
      name: 'archives',
      seeds: [
        zipOf([member, { name: 'b.zip', content: zipOf([member]) }]),
        zipOf([{ name: '[Content_Types].xml', content: '<x/>' }, member]),
        gzipSync(tarOf([member])),
        zstdCompressSync(tarOf([member])),
        tarOf([member, { name: 'b', content: 'x' }]),
        rarOf([member]),
        ...Object.values(packed),
        Buffer.from('789f3e220000020290060000000000000000', 'hex'),
        winmail,
        outlookMessage,
        zipOf([
          { name: 'a.eml', content: entity },
          { name: 'a.html', content: '<a href="http://x.test/">' },
        ]),
        signed(entity),
        signed(entity, 'indefinite'),
        compressed(entity, 'indefinite'),
        pem(signed(entity), 'PKCS7'),
      ],
      words: archiveWords,
      longestBytes: LONGEST,
      budgetMs: 5_000,
      // The memory of one instance of libarchive, which grows within one input as far as the instance may.
      keptBytes: MOST_MEMORY_BYTES,
      isSlow: true,
      async run(input) {
        // A reading thread whose instance has grown is replaced by another.
        if (library.broken || library.functions.HEAPU8.length > GROWN_BYTES) library = await loadLibarchive();
        checkBounds(readContent(attached(input), new Openings(unpack, library).open));
      },
    };
  },
};

const attached = (octets: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('From: a@b.test\r\nContent-Type: application/octet-stream; name=a\r\n'),
    Buffer.from('Content-Transfer-Encoding: 8bit\r\n\r\n'),
    octets,
  ]);

function checkBounds({ fields, text, urls, facts }: Content): void {
  must(
    fields.length <= 1_000 && text.length <= 256 * 1024 + 500,
    'fields or text beyond bounds',
    fields.length,
  );
  must(
    urls.length <= 1_200 && urls.every(({ length }) => length <= 2_048),
    'URLs beyond bounds',
    urls.length,
  );
  must(facts.attachments.length <= 1_010, 'attachments beyond bounds', facts.attachments.length);
  must(JSON.stringify(facts).length <= 1024 * 1024, 'facts beyond bounds');
}
