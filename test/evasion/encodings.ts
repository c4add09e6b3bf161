/** Content-Transfer-Encoding, charsets and files that stand in text, broken or in unusual forms. */
import {
  base64,
  binHex,
  lines,
  mixed,
  octetsOf,
  plainPart,
  quotedPrintable,
  uuencode,
  yEnc,
  type Entity,
} from './mime.ts';
import { entityOf, type Payload } from './payloads.ts';
import type { Trick, Tricks } from './trick.ts';

/** What the field says, over a body in base64. */
const declared =
  (encoding: string) =>
  (payload: Payload): Entity =>
    mixed(plainPart, entityOf(payload, { encoding, body: base64(payload.octets) }));
const withBody =
  (encoding: string, encode: (octets: string) => string) =>
  (payload: Payload): Entity =>
    mixed(plainPart, entityOf(payload, { encoding, body: encode(payload.octets) }));
const twice =
  (first: string, second: string, encode: (octets: string) => string) =>
  (payload: Payload): Entity => {
    const { fields, body } = entityOf(payload, { encoding: first, body: encode(payload.octets) });
    return mixed(plainPart, { fields: [...fields, `Content-Transfer-Encoding: ${second}`], body });
  };
const pure = (octets: string): string => octetsOf(octets).toString('base64');

const fields: readonly Trick[] = [
  ...[
    'BASE64',
    'bAsE64',
    'base64;',
    'base64,',
    'base64.',
    'base64 (x)',
    '(x) base64',
    '(x(y)z) base64',
    '"base64"',
    "'base64'",
    '\r\n base64',
  ].map((encoding): Trick => [
    JSON.stringify(encoding).slice(1, -1),
    'Outlook, Gmail or Thunderbird decode it',
    declared(encoding),
  ]),
  ...[
    'base64; x=y',
    'base64 7bit',
    '7bit, base64',
    'base64\tx',
    'x-base64',
    'base 64',
    'base64/',
    '=?utf-8?Q?base64?=',
    ' base64 ',
  ].map((encoding): Trick => [
    JSON.stringify(encoding).slice(1, -1),
    'Outlook, Gmail or Thunderbird decode it',
    declared(encoding),
  ]),
  ['base64-then-7bit', 'one or the other', twice('base64', '7bit', base64)],
  ['7bit-then-base64', 'one or the other', twice('7bit', 'base64', base64)],
  ['empty-then-base64', 'Outlook', twice('', 'base64', base64)],
  ['quoted-printable-then-base64', 'one or the other', twice('quoted-printable', 'base64', base64)],
  ['base64-then-quoted-printable', 'one or the other', twice('base64', 'quoted-printable', quotedPrintable)],
  ['quoted-printable', 'all', withBody('quoted-printable', quotedPrintable)],
  ['QUOTED-PRINTABLE;', 'Thunderbird', withBody('QUOTED-PRINTABLE;', quotedPrintable)],
  ['quoted_printable', 'Gmail', withBody('quoted_printable', quotedPrintable)],
  ['binary', 'all', withBody('binary', (octets) => octets)],
  ['8bit', 'all', withBody('8bit', (octets) => octets)],
  ['unknown', 'all: as it stands', withBody('x-none', (octets) => octets)],
  ...['x-uuencode', 'uuencode', 'x-uue', 'uue', 'X-UUENCODE'].map((encoding): Trick => [
    encoding,
    'Thunderbird, Outlook, Python',
    withBody(encoding, (octets) => uuencode(octets, 'a')),
  ]),
  ['x-yencode', 'Thunderbird', withBody('x-yencode', (octets) => yEnc(octets, 'a'))],
];

/** Every `count` characters of base64 something else. */
const every =
  (count: number, between: string) =>
  (octets: string): string =>
    pure(octets).replace(new RegExp(`.{${count}}`, 'g'), (piece) => `${piece}${between}`);
/** Pieces that each end in padding. */
const padded =
  (count: number, between: string) =>
  (octets: string): string =>
    (octets.match(new RegExp(`[^]{1,${count}}`, 'g')) ?? []).map(pure).join(between);

const base64Bodies: readonly Trick[] = (
  [
    ['junk', every(8, '!')],
    ['junk-8-bit', every(8, '\xa0\xff')],
    ['junk-hyphens', every(12, '\r\n---\r\n')],
    ['blanks', every(4, ' ')],
    ['one-a-line', every(1, '\r\n')],
    ['one-line', pure],
    ['empty-lines', every(8, '\r\n\r\n\r\n')],
    ['leading-blanks', every(40, '\r\n   ')],
    ['quoted-lines', every(40, '\r\n> ')],
    ['leading-junk-line', (octets) => `\r\n***\r\n${pure(octets)}`],
    ['without-padding', (octets) => pure(octets).replace(/=+$/, '')],
    ['padding-too-much', (octets) => `${pure(octets)}====`],
    ['padded-pieces-2', padded(2, '')],
    ['padded-pieces-lines', padded(40, '\r\n')],
    ['padding-first', (octets) => `====${pure(octets)}`],
    ['padding-after-first-four', (octets) => pure(octets).replace(/^.{4}/, '$&=')],
    ['padding-within-quantum', (octets) => pure(octets).replace(/^.{6}/, '$&=')],
    ['text-after', (octets) => `${pure(octets)}\r\n\r\nGood morning.\r\n`],
    ['lone-character', (octets) => `${pure(octets).replace(/=+$/, '')}\r\nA`],
    ['comment-lines', every(40, '\r\n(x)\r\n')],
  ] satisfies readonly (readonly [string, (octets: string) => string])[]
).map(([name, encode]): Trick => [
  name,
  'octets that base64 does not have are passed over (RFC 2045 §6.8)',
  withBody('base64', encode),
]);

const softly = (octets: string, soft: string): string => quotedPrintable(octets).replaceAll('=\r\n', soft);
const quotedBodies: readonly Trick[] = (
  [
    ['lower-case', (octets) => quotedPrintable(octets).toLowerCase()],
    ['soft-break-blanks', (octets) => softly(octets, '= \t \r\n')],
    ['soft-break-blanks-100', (octets) => softly(octets, `=${' '.repeat(100)}\r\n`)],
    ['soft-break-each', (octets) => quotedPrintable(octets).replace(/=[0-9A-F]{2}/g, '$&=\r\n')],
    ['soft-break-empty-lines', (octets) => softly(octets, '=\r\n=\r\n')],
    ['trailing-equals', (octets) => `${quotedPrintable(octets)}=`],
    ['invalid-at-end', (octets) => `${quotedPrintable(octets)}=zz==`],
    ['one-line', (octets) => softly(octets, '')],
  ] satisfies readonly (readonly [string, (octets: string) => string])[]
).map(([name, encode]): Trick => [name, 'all (RFC 2045 §6.7)', withBody('quoted-printable', encode)]);

/** A file in a text part. */
const inText =
  (make: (octets: string, name: string) => string, type = 'text/plain') =>
  (payload: Payload): Entity => ({
    fields: [`Content-Type: ${type}`],
    body: lines('Good morning.', '', make(payload.octets, payload.name), '', 'Good evening.'),
  });
const attached =
  (type: string, make: (octets: string, name: string) => string) =>
  (payload: Payload): Entity =>
    mixed(plainPart, {
      fields: [`Content-Type: ${type}`, 'Content-Disposition: attachment; filename="a.txt"'],
      body: make(payload.octets, payload.name),
    });

const inTexts: readonly Trick[] = [
  ['uuencode', 'Outlook, Thunderbird', inText((octets, name) => uuencode(octets, name))],
  ['uuencode-666', 'Outlook, Thunderbird', inText((octets, name) => uuencode(octets, name, 'begin 666'))],
  [
    'uuencode-4-digits',
    'Outlook, Thunderbird',
    inText((octets, name) => uuencode(octets, name, 'begin 0644')),
  ],
  ['uuencode-two-blanks', 'Outlook', inText((octets, name) => uuencode(octets, name, 'begin  644 '))],
  ['uuencode-upper-case', 'Outlook', inText((octets, name) => uuencode(octets, name, 'BEGIN 644'))],
  [
    'uuencode-name-with-blanks',
    'Outlook, Thunderbird',
    inText((octets, name) => uuencode(octets, `my ${name}`)),
  ],
  ['uuencode-quoted-name', 'Outlook', inText((octets, name) => uuencode(octets, `"${name}"`))],
  ['uuencode-trailing-blank', 'Outlook, Thunderbird', inText((octets, name) => uuencode(octets, `${name} `))],
  [
    'uuencode-without-end',
    'Outlook',
    inText((octets, name) => uuencode(octets, name).replace('\r\nend', '')),
  ],
  ['uuencode-blanks-for-zero', 'all', inText((octets, name) => uuencode(octets, name).replaceAll('`', ' '))],
  [
    'uuencode-base64',
    'Thunderbird, mutt (POSIX)',
    inText((octets, name) => lines(`begin-base64 644 ${name}`, base64(octets), '====')),
  ],
  ['uuencode-in-html', 'Outlook Express', inText((octets, name) => uuencode(octets, name), 'text/html')],
  [
    'uuencode-attached',
    'opened by who reads it',
    attached('text/plain', (octets, name) => uuencode(octets, name)),
  ],
  [
    'uuencode-octet-stream',
    'opened by who reads it',
    attached('application/octet-stream', (octets, name) => uuencode(octets, name)),
  ],
  [
    'uuencode-25th',
    'Outlook',
    inText((octets, name) =>
      lines(...Array<string>(24).fill(uuencode('x', 'a.txt')), uuencode(octets, name)),
    ),
  ],
  [
    'uuencode-no-type',
    'Outlook, Thunderbird',
    (payload) => ({ fields: [], body: lines('', uuencode(payload.octets, payload.name)) }),
  ],
  [
    'uuencode-in-base64',
    'Outlook, Thunderbird',
    (payload) => ({
      fields: ['Content-Type: text/plain', 'Content-Transfer-Encoding: base64'],
      body: base64(uuencode(payload.octets, payload.name)),
    }),
  ],
  [
    'uuencode-lf-in-base64',
    'Outlook, Thunderbird',
    (payload) => ({
      fields: ['Content-Type: text/plain', 'Content-Transfer-Encoding: base64'],
      body: base64(uuencode(payload.octets, payload.name).replaceAll('\r\n', '\n')),
    }),
  ],
  [
    'uuencode-second-part',
    'Outlook, Thunderbird',
    (payload) =>
      mixed(plainPart, {
        fields: ['Content-Type: text/plain'],
        body: uuencode(payload.octets, payload.name),
      }),
  ],
  ['yenc', 'Thunderbird, news readers', inText(yEnc)],
  [
    'yenc-8bit',
    'Thunderbird',
    (payload) => ({
      fields: ['Content-Type: text/plain', 'Content-Transfer-Encoding: 8bit'],
      body: yEnc(payload.octets, payload.name),
    }),
  ],
  [
    'yenc-part-1-of-1',
    'Thunderbird',
    inText((octets, name) =>
      yEnc(octets, name).replace(
        /^(=ybegin) (.*\r\n)/,
        `$1 part=1 total=1 $2=ypart begin=1 end=${octets.length}\r\n`,
      ),
    ),
  ],
  ['yenc-octet-stream', 'Thunderbird', attached('application/octet-stream', yEnc)],
  ['binhex', 'Apple Mail, Outlook', attached('application/mac-binhex40', binHex)],
  ['binhex-in-text', 'Apple Mail', inText(binHex)],
];

const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('latin1');
const swapped = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('latin1');
const utf32 = (text: string, big: boolean): string =>
  [...text].map((each) => (big ? `\0\0\0${each}` : `${each}\0\0\0`)).join('');
const utf7 = (text: string): string =>
  text.replace(
    /[:/.<>&"=;#]/g,
    (each) => `+${Buffer.from(swapped(each), 'latin1').toString('base64').replace(/=+$/, '')}-`,
  );
/** IBM037 of the characters that the texts have. */
const ebcdic = (text: string): string =>
  [...text].map((each) => String.fromCharCode(ebcdicOf(each))).join('');

function ebcdicOf(character: string): number {
  const code = character.charCodeAt(0);
  const row = (from: string, to: number): number => to + code - from.charCodeAt(0);
  if (/[a-i]/.test(character)) return row('a', 0x81);
  if (/[j-r]/.test(character)) return row('j', 0x91);
  if (/[s-z]/.test(character)) return row('s', 0xa2);
  if (/[A-I]/.test(character)) return row('A', 0xc1);
  if (/[J-R]/.test(character)) return row('J', 0xd1);
  if (/[S-Z]/.test(character)) return row('S', 0xe2);
  if (/[0-9]/.test(character)) return row('0', 0xf0);
  return punctuation[character] ?? 0x40;
}
const punctuation: Readonly<Record<string, number>> = {
  ...{
    '.': 0x4b,
    '<': 0x4c,
    '&': 0x50,
    ';': 0x5e,
    '/': 0x61,
    '>': 0x6e,
    ':': 0x7a,
    '#': 0x7b,
    '=': 0x7e,
    '"': 0x7f,
  },
  ...{ '\r': 0x0d, '\n': 0x25 },
};

const charset =
  (label: string, encode: (text: string) => string, parameter = `charset=${label}`) =>
  (payload: Payload): Entity => ({
    fields: [`Content-Type: ${payload.type}; ${parameter}`, 'Content-Transfer-Encoding: base64'],
    body: base64(encode(payload.octets)),
  });
const charsets: readonly Trick[] = [
  ...['utf-7', 'UTF-7', 'unicode-1-1-utf-7', 'x-unicode-2-0-utf-7', 'csUTF7', 'utf7'].map((label): Trick => [
    label,
    'Outlook, Python',
    charset(label, utf7),
  ]),
  ['utf-7-quoted', 'Outlook', charset('utf-7', utf7, 'charset="utf-7"')],
  ['utf-7-single-quoted', 'Outlook', charset('utf-7', utf7, "charset='utf-7'")],
  ['utf-7-extended', 'Python', charset('utf-7', utf7, "charset*=us-ascii''utf-7")],
  [
    'utf-7-7bit',
    'Outlook, Python',
    (payload) => ({ fields: [`Content-Type: ${payload.type}; charset=utf-7`], body: utf7(payload.octets) }),
  ],
  ['utf-16le', 'all', charset('utf-16le', utf16)],
  ['utf-16be', 'all', charset('utf-16be', swapped)],
  ['utf-16-bom-le', 'all', charset('utf-16', (text) => `\xff\xfe${utf16(text)}`)],
  ['utf-16-bom-be', 'all', charset('utf-16', (text) => `\xfe\xff${swapped(text)}`)],
  ['utf-16-be-without-bom', 'RFC 2781 §4.3; Outlook', charset('utf-16', swapped)],
  ['utf-16-le-without-bom', 'Python', charset('utf-16', utf16)],
  ['utf-16-unlabelled-bom', 'Outlook, Apple Mail', charset('us-ascii', (text) => `\xff\xfe${utf16(text)}`)],
  ['utf-16-as-utf-8', 'Outlook, Apple Mail', charset('utf-8', (text) => `\xfe\xff${swapped(text)}`)],
  ['ucs-2', 'Thunderbird', charset('ucs-2', utf16)],
  ['iso-10646-ucs-2', 'Thunderbird, Outlook', charset('iso-10646-ucs-2', swapped)],
  ['unicode', 'Outlook', charset('unicode', utf16)],
  ['utf-32le', 'Python', charset('utf-32le', (text) => utf32(text, false))],
  ['utf-32be', 'Python', charset('utf-32be', (text) => utf32(text, true))],
  ['utf-32-bom', 'Python', charset('utf-32', (text) => `\xff\xfe\0\0${utf32(text, false)}`)],
  ['utf-8-bom', 'all', charset('utf-8', (text) => `\xef\xbb\xbf${text}`)],
  ['utf-8-quoted-twice', 'Outlook', charset('utf-8', (text) => text, 'charset="\\"utf-8\\""')],
  ['ibm037', 'Outlook, Python', charset('ibm037', ebcdic)],
  ['cp500', 'Outlook, Python', charset('cp500', ebcdic)],
  ['iso-2022-jp', 'all', charset('iso-2022-jp', (text) => text.replace('evil', '\x1b(Bevil'))],
  ['hz-gb-2312', 'Outlook', charset('hz-gb-2312', (text) => text.replace('evil', 'e~\nvil'))],
  ['unknown', 'all: as ASCII', charset('x-none', (text) => text)],
  ['empty', 'all: as ASCII', charset('', (text) => text)],
  ['twice-first', 'one or the other', charset('utf-7', utf7, 'charset=utf-7; charset=utf-8')],
  ['twice-last', 'one or the other', charset('utf-7', utf7, 'charset=utf-8; charset=utf-7')],
  ['nul-between', 'Outlook, Apple Mail drop NUL', charset('utf-8', (text) => text.replace('evil', 'e\0vil'))],
];

export const encodings: readonly Tricks[] = [
  { area: 'transfer-encoding', payloads: ['program', 'html'], tricks: fields },
  { area: 'base64', payloads: ['program', 'html'], tricks: base64Bodies },
  { area: 'quoted-printable', payloads: ['program', 'html'], tricks: quotedBodies },
  { area: 'in-text', payloads: ['program', 'script'], tricks: inTexts },
  { area: 'charset', payloads: ['link', 'html'], tricks: charsets },
];
