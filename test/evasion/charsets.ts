/** Texts in charsets that few programs write and many read. */
import { base64, type Entity } from './mime.ts';
import type { Payload } from './payloads.ts';
import { texts, type Trick, type Tricks } from './trick.ts';

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

export const inCharsets: readonly Tricks[] = [{ area: 'charset', payloads: texts, tricks: charsets }];
