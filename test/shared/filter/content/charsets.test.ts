import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import { decodeText } from '@mailpair/shared/filter/mime/charset';
import type { Content } from '@mailpair/shared/platform/values/content';
import { messageOf, read } from './content.ts';

const LINK = 'https://phish.test/x';
const text = `Grüße 😀 ${LINK}`;

const bigEndian = (octets: Buffer): Buffer => Buffer.from(octets).swap16();
function utf32(of: string, isLittleEndian: boolean): Buffer {
  const codes = [...of].map((character) => character.codePointAt(0)!);
  const octets = Buffer.alloc(4 * codes.length);
  for (const [i, code] of codes.entries())
    if (isLittleEndian) octets.writeUInt32LE(code, 4 * i);
    else octets.writeUInt32BE(code, 4 * i);
  return octets;
}
const little = Buffer.from(text, 'utf16le');
const encodings = {
  'utf-16le': little,
  'utf-16be': bigEndian(little),
  'utf-32le': utf32(text, true),
  'utf-32be': utf32(text, false),
} as const;
const marks = {
  'utf-16le': Buffer.from([0xff, 0xfe]),
  'utf-16be': Buffer.from([0xfe, 0xff]),
  'utf-32le': Buffer.from([0xff, 0xfe, 0, 0]),
  'utf-32be': Buffer.from([0, 0, 0xfe, 0xff]),
} as const;

const readOctets = (type: string, octets: Buffer): Content => readContent(messageOf(type, octets));

describe('charsets', () => {
  for (const charset of ['utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'] as const) {
    const octets = encodings[charset];
    const marked = Buffer.concat([marks[charset], octets]);

    it(`${charset} is decoded by its label`, () => {
      expect(decodeText(octets, charset).text).to.equal(text);
      expect(decodeText(marked, charset).text.replace('\ufeff', '')).to.equal(text);
    });

    it(`${charset} is decoded by its mark, whatever the label`, () => {
      for (const label of ['', 'us-ascii', 'utf-8', 'iso-8859-1', charset.slice(0, 6)])
        expect(decodeText(marked, label).text, label).to.equal(text);
    });

    it(`${charset} is decoded by what it looks like`, () => {
      for (const label of [charset.slice(0, 6), 'utf-8', 'us-ascii', ''])
        expect(readOctets(`text/plain; charset=${label}`, encodeAscii(charset)).urls, label).to.include(LINK);
    });
  }

  function encodeAscii(charset: keyof typeof encodings): Buffer {
    if (charset === 'utf-16le') return Buffer.from(LINK, 'utf16le');
    if (charset === 'utf-16be') return bigEndian(Buffer.from(LINK, 'utf16le'));
    return utf32(LINK, charset === 'utf-32le');
  }

  for (const label of ['utf-7', 'UTF7', 'unicode-1-1-utf-7', "'utf-7'"])
    it(`${label} is decoded`, () => {
      expect(decodeText(Buffer.from('1 +- 1 +AD0- 2, Gr+APwA3w-e +2D3eAA-'), label).text).to.equal(
        '1 + 1 = 2, Grüße 😀',
      );
      expect(
        read(`Content-Type: text/plain; charset="${label}"`, '', 'https:+AC8ALw-phish.test/x').urls,
      ).to.include(LINK);
    });

  it('labels in odd quotes are known', () => {
    for (const label of ["'koi8-r'", '"koi8-r', 'koi8-r ', 'koi 8-r'])
      expect(decodeText(Buffer.from('8NLJ18XU', 'base64'), label), label).to.deep.equal({ text: 'Привет' });
  });

  it('a label of a wide charset on plain text leaves the text', () => {
    for (const label of ['utf-16', 'utf-32', 'utf-16be'])
      expect(read(`Content-Type: text/plain; charset=${label}`, '', LINK).urls, label).to.include(LINK);
  });

  it('any octets are decoded without an error', () => {
    for (const label of ['utf-7', 'utf-16', 'utf-32', 'utf-32be', ''])
      for (const octets of ['', '\0', '\0\0\xfe\xff\xff\xff', '\xff\xfe\0', '+', '+A', '+////-'])
        expect(decodeText(Buffer.from(octets, 'latin1'), label).text).to.be.a('string');
  });
});

describe('lines that are broken for transport', () => {
  const flowed = 'Content-Type: text/plain; format=flowed; DelSp=Yes';
  it('are joined in a link', () => {
    expect(read(flowed, '', 'https:// ', 'phish. ', 'test/x').urls).to.include(LINK);
    expect(read(flowed, '', '> https://phi ', '> sh.test/x').urls).to.include(LINK);
  });

  it('are joined in a calendar', () => {
    for (const type of ['text/calendar', 'text/vcard'])
      expect(read(`Content-Type: ${type}`, '', 'URL:https://phi', ' sh.test/x').urls, type).to.include(LINK);
  });

  it('are joined in text, and the line of a signature is not', () => {
    expect(read(flowed, '', 'to ', 'gether', '-- ', 'Anna').text).to.include('together\r\n-- \r\nAnna');
  });
});
