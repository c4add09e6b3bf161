/** Writes TNEF (MS-OXTNEF): what Outlook sends as winmail.dat. Text has one character an octet. */

export type Property = readonly [type: number, id: number, value: string];

const PT_OBJECT = 0x0d;
const PT_STRING8 = 0x1e;
const PT_UNICODE = 0x1f;
const PT_BINARY = 0x102;

const number = (value: number, octets: number): string =>
  Array.from({ length: octets }, (_, i) => String.fromCharCode((value >>> (8 * i)) & 255)).join('');
const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('latin1');

export const stringOf = (id: number, text: string): Property => [PT_STRING8, id, `${text}\0`];
export const unicodeOf = (id: number, text: string): Property => [PT_UNICODE, id, utf16(`${text}\0`)];
export const binaryOf = (id: number, octets: string): Property => [PT_BINARY, id, octets];
/** A message within, as TNEF behind the identifier of its interface. */
export const messageProperty = (tnef: string): Property => [
  PT_OBJECT,
  0x3701,
  `\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46${tnef}`,
];

/** MS-OXTNEF §2.1.3.4; all values are of a kind that has a count and a length in front, padded to four octets. */
export const properties = (all: readonly Property[]): string =>
  number(all.length, 4) +
  all
    .map(([type, id, value]) => {
      const padding = '\0'.repeat((4 - (value.length % 4)) % 4);
      return `${number(type, 2)}${number(id, 2)}${number(1, 4)}${number(value.length, 4)}${value}${padding}`;
    })
    .join('');

function attribute(level: number, id: number, value: string): string {
  const sum = [...value].reduce((total, each) => (total + each.charCodeAt(0)) & 0xffff, 0);
  return `${String.fromCharCode(level)}${number(id, 4)}${number(value.length, 4)}${value}${number(sum, 2)}`;
}

export interface TnefFile {
  readonly title?: string;
  readonly data?: string;
  readonly properties?: readonly Property[];
}

export interface TnefMessage {
  readonly body?: string;
  readonly properties?: readonly Property[];
  readonly files?: readonly TnefFile[];
}

const VERSION = 0x00089006;
const CODE_PAGE = 0x00069007;
const CLASS = 0x00078008;
const BODY = 0x0002800c;
const MESSAGE_PROPERTIES = 0x00069003;
const RENDERING = 0x00069002;
const TITLE = 0x00018010;
const DATA = 0x0006800f;
const FILE_PROPERTIES = 0x00069005;

export const tnefOf = ({ body, properties: of, files = [] }: TnefMessage): string =>
  [
    '\x78\x9f\x3e\x22\x01\x00',
    attribute(1, VERSION, number(0x10000, 4)),
    attribute(1, CODE_PAGE, number(1252, 8)),
    attribute(1, CLASS, 'IPM.Microsoft Mail.Note\0'),
    body === undefined ? '' : attribute(1, BODY, `${body}\0`),
    of === undefined ? '' : attribute(1, MESSAGE_PROPERTIES, properties(of)),
    ...files.map(fileOf),
  ].join('');

const fileOf = ({ title, data, properties: of }: TnefFile): string =>
  [
    attribute(2, RENDERING, `\x01\0\xff\xff\xff\xff\x20\0\x20\0${'\0'.repeat(4)}`),
    title === undefined ? '' : attribute(2, TITLE, `${title}\0`),
    data === undefined ? '' : attribute(2, DATA, data),
    of === undefined ? '' : attribute(2, FILE_PROPERTIES, properties(of)),
  ].join('');

/** MS-OXRTFCP, as it stands (MELA). */
export const rtfUncompressed = (rtf: string): string =>
  `${number(rtf.length + 12, 4)}${number(rtf.length, 4)}MELA${number(0, 4)}${rtf}`;

/** MS-OXRTFCP with nothing but literals; a reference to where the next octet would go ends it. The CRC is left at zero. */
export function rtfCompressed(rtf: string): string {
  const DICTIONARY = 207;
  let packed = '';
  for (let at = 0; at <= rtf.length; at += 8) {
    const piece = rtf.slice(at, at + 8);
    if (piece.length === 8) {
      packed += `\0${piece}`;
      continue;
    }
    const reference = ((DICTIONARY + rtf.length) % 4_096) << 4;
    packed += `${String.fromCharCode(1 << piece.length)}${piece}${String.fromCharCode(reference >> 8, reference & 255)}`;
  }
  return `${number(packed.length + 12, 4)}${number(rtf.length, 4)}LZFu${number(0, 4)}${packed}`;
}
