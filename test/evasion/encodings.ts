/** Content-Transfer-Encoding (RFC 2045 §6), broken or in unusual forms. */
import { base64, mixed, octetsOf, plainPart, quotedPrintable, uuencode, yEnc, type Entity } from './mime.ts';
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
    ['comment-lines', every(40, '\r\n(.)\r\n')],
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

export const encodings: readonly Tricks[] = [
  { area: 'transfer-encoding', payloads: ['program', 'html'], tricks: fields },
  { area: 'base64', payloads: ['program', 'html'], tricks: base64Bodies },
  { area: 'quoted-printable', payloads: ['program', 'html'], tricks: quotedBodies },
];
