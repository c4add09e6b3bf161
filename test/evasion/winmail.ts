/** Files, texts and messages in TNEF (winmail.dat). */
import { zipOf } from '../support/archives.ts';
import { attached, base64, octetsOf, type Entity } from './mime.ts';
import type { Payload } from './payloads.ts';
import { rtf } from './rtf.ts';
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
import { files, type Trick, type Tricks } from './trick.ts';

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

export const winmails: readonly Tricks[] = [
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
];
