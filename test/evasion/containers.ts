/** Files that hold files, texts and messages: TNEF, S/MIME, archives, calendars. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { packed, rarOf, tarOf, zipOf } from '../support/archives.ts';
import { compressedData, envelopedData, signedData } from './cms.ts';
import { base64, lines, messageOf, mixed, octetsOf, plainPart, textOf, type Entity } from './mime.ts';
import { entityOf, type Payload } from './payloads.ts';
import {
  binaryOf,
  messageProperty,
  rtfCompressed,
  rtfUncompressed,
  stringOf,
  tnefOf,
  unicodeOf,
  type TnefMessage,
} from './tnef.ts';
import { all, files, type Trick, type Tricks } from './trick.ts';

/** An attachment of these octets. */
const attached = (type: string, name: string, octets: string): Entity =>
  mixed(plainPart, {
    fields: [
      `Content-Type: ${type}`,
      'Content-Transfer-Encoding: base64',
      ...(name === '' ? [] : [`Content-Disposition: attachment; filename="${name}"`]),
    ],
    body: base64(octets),
  });

const winmail =
  (message: (payload: Payload) => TnefMessage, type = 'application/ms-tnef', name = 'winmail.dat') =>
  (payload: Payload): Entity =>
    attached(type, name, tnefOf(message(payload)));
const ANY_NAME = 'a.txt';
const LONG_NAME = 0x3707;
const SHORT_NAME = 0x3704;
const DISPLAY_NAME = 0x3001;
const ATTACHED_DATA = 0x3701;
const titled = ({ name, octets }: Payload): TnefMessage => ({ files: [{ title: name, data: octets }] });

const tnefFiles: readonly Trick[] = [
  ['title', 'Outlook, Apple Mail', winmail(titled)],
  ['title-octet-stream', 'Outlook, Apple Mail', winmail(titled, 'application/octet-stream')],
  ['title-any-name', 'Outlook', winmail(titled, 'application/ms-tnef', 'a.txt')],
  ['title-no-name', 'Outlook', winmail(titled, 'application/ms-tnef', '')],
  ['title-vnd', 'Outlook', winmail(titled, 'application/vnd.ms-tnef')],
  ['title-as-text', 'Thunderbird with an extension', winmail(titled, 'text/plain')],
  [
    'title-whole-message',
    'Outlook',
    (payload) => ({
      fields: ['Content-Type: application/ms-tnef; name=winmail.dat', 'Content-Transfer-Encoding: base64'],
      body: base64(tnefOf(titled(payload))),
    }),
  ],
  [
    'second-file',
    'Outlook',
    winmail((payload) => ({ files: [{ title: 'b.txt', data: 'x' }, ...titled(payload).files!] })),
  ],
  [
    'title-after-data',
    'Outlook',
    winmail(({ name, octets }) => ({ files: [{ data: octets, properties: [stringOf(LONG_NAME, name)] }] })),
  ],
  [
    'long-name',
    'Outlook',
    winmail(({ name, octets }) => ({
      files: [{ title: ANY_NAME, data: octets, properties: [stringOf(LONG_NAME, name)] }],
    })),
  ],
  [
    'long-name-unicode',
    'Outlook',
    winmail(({ name, octets }) => ({
      files: [{ title: ANY_NAME, data: octets, properties: [unicodeOf(LONG_NAME, name)] }],
    })),
  ],
  [
    'short-name',
    'Outlook',
    winmail(({ name, octets }) => ({ files: [{ data: octets, properties: [unicodeOf(SHORT_NAME, name)] }] })),
  ],
  [
    'display-name',
    'Outlook',
    winmail(({ name, octets }) => ({
      files: [{ data: octets, properties: [unicodeOf(DISPLAY_NAME, name)] }],
    })),
  ],
  [
    'title-beside-long-name',
    'Apple Mail shows the short one',
    winmail(({ name, octets }) => ({
      files: [{ title: name, data: octets, properties: [unicodeOf(LONG_NAME, ANY_NAME)] }],
    })),
  ],
  [
    'data-in-property',
    'Outlook',
    winmail(({ name, octets }) => ({
      files: [{ title: name, properties: [binaryOf(ATTACHED_DATA, octets)] }],
    })),
  ],
  [
    'all-in-properties',
    'Outlook',
    winmail(({ name, octets }) => ({
      files: [{ properties: [unicodeOf(LONG_NAME, name), binaryOf(ATTACHED_DATA, octets)] }],
    })),
  ],
  [
    'name-second-property',
    'Outlook',
    winmail(({ name, octets }) => ({
      files: [
        {
          title: ANY_NAME,
          data: octets,
          properties: [stringOf(0x370e, 'text/plain'), binaryOf(0x3702, 'x'), unicodeOf(LONG_NAME, name)],
        },
      ],
    })),
  ],
  [
    'in-zip',
    'opened by who reads it',
    (payload) =>
      attached(
        'application/zip',
        'a.zip',
        zipOf([{ name: 'winmail.dat', content: octetsOf(tnefOf(titled(payload))) }]).toString('latin1'),
      ),
  ],
];

const BODY_TEXT = 0x1000;
const BODY_HTML = 0x1013;
const BODY_RTF = 0x1009;
const rtf = ({ host }: Payload): string =>
  `{\\rtf1\\ansi Good morning. {\\field{\\*\\fldinst HYPERLINK "http://${host}/pay"}{\\fldrslt Read on}}}`;
const rtfHtml = ({ host }: Payload): string =>
  `{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag84 <a href="http://${host}/pay">}Read on{\\*\\htmltag92 </a>}}`;

const tnefTexts: readonly Trick[] = [
  ['body', 'Outlook', winmail(({ octets }) => ({ body: octets }))],
  ['body-property', 'Outlook', winmail(({ octets }) => ({ properties: [stringOf(BODY_TEXT, octets)] }))],
  [
    'body-property-unicode',
    'Outlook',
    winmail(({ octets }) => ({ properties: [unicodeOf(0x0037, 'Papers'), unicodeOf(BODY_TEXT, octets)] })),
  ],
  [
    'body-html',
    'Outlook',
    winmail(({ host }) => ({ properties: [binaryOf(BODY_HTML, `<a href="&#104;ttp://${host}/pay">a</a>`)] })),
  ],
  [
    'body-html-string',
    'Outlook',
    winmail(({ host }) => ({ properties: [stringOf(BODY_HTML, `<a href="&#104;ttp://${host}/pay">a</a>`)] })),
  ],
  [
    'body-rtf-uncompressed',
    'Outlook',
    winmail((payload) => ({ properties: [binaryOf(BODY_RTF, rtfUncompressed(rtf(payload)))] })),
  ],
  [
    'body-rtf-compressed',
    'Outlook',
    winmail((payload) => ({ properties: [binaryOf(BODY_RTF, rtfCompressed(rtf(payload)))] })),
  ],
  [
    'body-rtf-of-html',
    'Outlook',
    winmail((payload) => ({ properties: [binaryOf(BODY_RTF, rtfCompressed(rtfHtml(payload)))] })),
  ],
  [
    'html-file',
    'opened by who reads it',
    winmail(({ host }) => ({
      files: [{ title: 'a.html', data: `<html><a href="&#104;ttp://${host}/pay">a</a>` }],
    })),
  ],
];

const embeddedTnef = (message: (payload: Payload) => TnefMessage): Trick[2] =>
  winmail((payload) => ({
    files: [
      { properties: [unicodeOf(DISPLAY_NAME, 'A message'), messageProperty(tnefOf(message(payload)))] },
    ],
  }));

const p7m =
  (
    make: (content: string) => string,
    type = 'application/pkcs7-mime; smime-type=signed-data',
    name = 'smime.p7m',
  ) =>
  (payload: Payload): Entity =>
    attached(type, name, make(signedContent(payload)));
const signedContent = (payload: Payload): string =>
  textOf(mixed(plainPart, entityOf(payload))).replaceAll('outer_1', 'inner_2');
const opaque = (octets: string): string =>
  textOf({
    fields: [
      'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
      'Content-Transfer-Encoding: base64',
    ],
    body: base64(octets),
  });

const smime: readonly Trick[] = [
  [
    'whole-message',
    'Outlook, Thunderbird, Apple Mail',
    (payload) => ({
      fields: [
        'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
        'Content-Transfer-Encoding: base64',
      ],
      body: base64(signedData(signedContent(payload))),
    }),
  ],
  ['in-mixed', 'Outlook', p7m((content) => signedData(content))],
  [
    'x-pkcs7',
    'Outlook, Thunderbird, Apple Mail',
    p7m((content) => signedData(content), 'application/x-pkcs7-mime'),
  ],
  ['no-smime-type', 'Outlook, Thunderbird', p7m((content) => signedData(content), 'application/pkcs7-mime')],
  [
    'says-enveloped',
    'Outlook looks at the content',
    p7m((content) => signedData(content), 'application/pkcs7-mime; smime-type=enveloped-data'),
  ],
  [
    'octet-stream',
    'Outlook, by its name (RFC 8551 §3.2.1)',
    p7m((content) => signedData(content), 'application/octet-stream'),
  ],
  [
    'octet-stream-p7z',
    'by its name (RFC 8551 §3.2.1)',
    p7m((content) => compressedData(content), 'application/octet-stream', 'smime.p7z'),
  ],
  [
    'type-without-name',
    'Outlook, Thunderbird',
    p7m((content) => signedData(content), 'application/pkcs7-mime', ''),
  ],
  ['indefinite', 'all (BER, RFC 5652 §4)', p7m((content) => signedData(content, 'indefinite'))],
  ['indefinite-pieces', 'all', p7m((content) => signedData(content, 'indefinite', 30))],
  ['definite-pieces', 'all', p7m((content) => signedData(content, 'definite', 100))],
  ['pieces-of-1', 'OpenSSL', p7m((content) => signedData(content, 'indefinite', 1))],
  ['trailing-octets', 'OpenSSL', p7m((content) => `${signedData(content)}\0\0\0`)],
  ['signed-twice', 'Outlook', p7m((content) => signedData(opaque(signedData(content))))],
  [
    'signed-5-times',
    'Outlook',
    p7m((content) => [1, 2, 3, 4].reduce((each) => signedData(opaque(each)), signedData(content))),
  ],
  [
    'compressed',
    'RFC 3274; Thunderbird',
    p7m((content) => compressedData(content), 'application/pkcs7-mime; smime-type=compressed-data'),
  ],
  [
    'compressed-indefinite',
    'RFC 3274',
    p7m(
      (content) => compressedData(content, 'indefinite'),
      'application/pkcs7-mime; smime-type=compressed-data',
    ),
  ],
  ['compressed-in-signed', 'RFC 8551 §3.7', p7m((content) => signedData(opaque(compressedData(content))))],
  [
    'pem',
    'OpenSSL',
    p7m((content) => lines('-----BEGIN PKCS7-----', base64(signedData(content)), '-----END PKCS7-----')),
  ],
  [
    'pem-cms',
    'OpenSSL',
    p7m((content) => lines('-----BEGIN CMS-----', base64(signedData(content)), '-----END CMS-----')),
  ],
  ['base64-twice', 'Outlook', p7m((content) => base64(signedData(content)))],
  [
    'enveloped',
    'who has the key',
    p7m((content) => envelopedData(content), 'application/pkcs7-mime; smime-type=enveloped-data'),
  ],
  [
    'detached-content-beside',
    'Outlook',
    (payload) =>
      mixed({
        fields: [
          'Content-Type: application/pkcs7-signature; name=smime.p7s',
          'Content-Transfer-Encoding: base64',
        ],
        body: base64(signedData(signedContent(payload))),
      }),
  ],
  [
    'in-eml',
    'Outlook',
    (payload) =>
      mixed(plainPart, {
        fields: ['Content-Type: message/rfc822'],
        body: messageOf(p7m((content) => signedData(content))(payload)).replaceAll('outer_1', 'third_3'),
      }),
  ],
  [
    'in-zip',
    'opened by who reads it',
    (payload) =>
      attached(
        'application/zip',
        'a.zip',
        zipOf([{ name: 'smime.p7m', content: octetsOf(signedData(signedContent(payload))) }]).toString(
          'latin1',
        ),
      ),
  ],
];

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
  ['rar', '7-Zip, WinRAR', archive('a.rar', (payload) => rarOf([entry(payload)]))],
  [
    'eml-in-zip',
    'opened by who reads it',
    archive('a.zip', (payload) => zipOf([{ name: 'a.eml', content: mailIn(payload) }])),
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

const calendar = (...rows: readonly string[]): string =>
  lines(
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'BEGIN:VEVENT',
    'SUMMARY:Papers',
    ...rows,
    'END:VEVENT',
    'END:VCALENDAR',
  );
const invitation = (...rows: readonly string[]): Entity => ({
  fields: ['Content-Type: text/calendar; method=REQUEST; charset=utf-8'],
  body: calendar(...rows),
});

const calendars: readonly Trick[] = [
  ['description', 'Outlook, Gmail, Apple Mail', ({ host }) => invitation(`DESCRIPTION:See http://${host}/p`)],
  [
    'description-folded',
    'Outlook, Gmail, Apple Mail (RFC 5545 §3.1)',
    ({ host }) => invitation(`DESCRIPTION:See http://${host.slice(0, 3)}`, ` ${host.slice(3)}/p`),
  ],
  ['url', 'Apple Mail, Thunderbird', ({ host }) => invitation(`URL:http://${host}/p`)],
  ['location', 'Outlook, Gmail', ({ host }) => invitation(`LOCATION:http://${host}/p\\, room 1`)],
  [
    'alternative-text',
    'Outlook',
    ({ host }) => invitation(`X-ALT-DESC;FMTTYPE=text/html:<a href="http://${host}/p">a</a>`),
  ],
  ['attach', 'Outlook, Apple Mail', ({ host }) => invitation(`ATTACH:http://${host}/p`)],
  [
    'attached-ics',
    'all',
    ({ host }) => attached('application/ics', 'a.ics', calendar(`DESCRIPTION:See http://${host}/p`)),
  ],
  [
    'vcard',
    'all',
    ({ host }) =>
      attached(
        'text/vcard',
        'a.vcf',
        lines('BEGIN:VCARD', 'VERSION:3.0', 'FN:Anna', `URL:http://${host}/p`, 'END:VCARD'),
      ),
  ],
  [
    'internet-shortcut',
    'Windows',
    ({ host }) =>
      attached('application/octet-stream', 'a.txt', `[InternetShortcut]\r\nURL=http://${host}/p\r\n`),
  ],
  [
    'pdf-uri',
    'all',
    ({ host }) =>
      attached(
        'application/pdf',
        'a.pdf',
        `%PDF-1.4\n1 0 obj<</Type/Annot/Subtype/Link/A<</S/URI/URI(http://${host}/p)>>>>endobj\n`,
      ),
  ],
  ['text-file', 'all', ({ host }) => attached('text/plain', 'a.txt', `See http://${host}/p`)],
  [
    'text-file-octet-stream',
    'all',
    ({ host }) => attached('application/octet-stream', 'a.txt', `See http://${host}/p`),
  ],
  ['rtf', 'Outlook', (payload) => attached('application/rtf', 'a.rtf', rtf(payload))],
  [
    'external-body-url',
    'Outlook Express, Thunderbird',
    ({ host }) =>
      mixed(plainPart, {
        fields: [`Content-Type: message/external-body; access-type=URL; URL="http://${host}/p"`],
        body: 'Content-Type: text/html\r\n',
      }),
  ],
];
const attachedFile: readonly Trick[] = [
  [
    'attach-binary',
    'Outlook, Apple Mail',
    ({ name, octets }) =>
      invitation(
        `ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME="${name}":${octetsOf(octets).toString('base64')}`.replace(
          /(.{70})/g,
          '$1\r\n ',
        ),
      ),
  ],
];

export const containers: readonly Tricks[] = [
  {
    area: 'tnef',
    payloads: files,
    tricks: [...tnefFiles, ['message-within', 'Outlook', embeddedTnef(titled)]],
  },
  {
    area: 'tnef-text',
    payloads: ['link'],
    tricks: [...tnefTexts, ['message-within', 'Outlook', embeddedTnef(({ octets }) => ({ body: octets }))]],
  },
  { area: 'smime', payloads: all, tricks: smime },
  { area: 'archive', payloads: files, tricks: archives },
  { area: 'archive', payloads: ['program'], tricks: sevenZips },
  { area: 'calendar-and-file', payloads: ['link'], tricks: calendars },
  { area: 'calendar', payloads: ['program'], tricks: attachedFile },
];
