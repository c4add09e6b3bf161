import { expect } from 'chai';
import { describe, it } from 'mocha';
import { decompressRtf } from '@mailpair/shared/filter/content/archives/compressed-rtf';
import { Openings } from '@mailpair/shared/filter/content/open-attachments';
import { Reading, readContent } from '@mailpair/shared/filter/content/read-content';
import { seeRtf } from '@mailpair/shared/filter/content/rtf';
import type { Content } from '@mailpair/shared/platform/values/content';
import { program, zipOf } from '../../../support/archives.ts';
import {
  attribute,
  binary,
  compressedRtf,
  int32,
  listOf,
  named,
  object,
  string8,
  tnefOf,
  unicode,
  type TnefMessage,
} from '../../../support/tnef.ts';
import { messageOf } from './content.ts';

const exe = Buffer.from(program);
const unpack = { depth: 3, bytes: 1024 * 1024, cpuMs: Infinity };
const opener = () => new Openings(unpack).open;

const TNEF = 'application/ms-tnef; name=winmail.dat';
const readOctets = (octets: Buffer, type = TNEF): Content => readContent(messageOf(type, octets), opener());
const readTnef = (message: TnefMessage): Content => readOctets(tnefOf(message));
const seen = ({ facts }: Content): string[] =>
  facts.attachments.slice(1).map(({ name, looksLike }) => `${name} ${looksLike}`);

describe('winmail.dat', () => {
  it('has the long names of attachments, as Unicode or in 8 bits', () => {
    const titled = { title: 'REPORT.EXE', data: exe };
    for (const properties of [[unicode(0x3707, 'report.exe')], [string8(0x3707, 'report.exe')]])
      expect(seen(readTnef({ files: [{ ...titled, title: 'X.EXE', properties }] }))).to.deep.equal([
        'winmail.dat/report.exe exe',
      ]);
    expect(seen(readTnef({ files: [titled] }))).to.deep.equal(['winmail.dat/REPORT.EXE exe']);
    const umlaut = [string8(0x3704, 'f\xfcr.js'), int32(0x370b, 7), named('x')];
    expect(seen(readTnef({ files: [{ data: exe, properties: umlaut }] }))).to.deep.equal([
      'winmail.dat/für.js exe',
    ]);
  });

  it('has each name by which a program might run an attachment', () => {
    const properties = [
      named('any'),
      unicode(0x3001, 'A note'),
      unicode(0x3704, 'a.js'),
      unicode(0x3707, 'note.txt'),
    ];
    expect(seen(readTnef({ files: [{ title: 'a.exe. ', data: exe, properties }] }))).to.deep.equal([
      'winmail.dat/a.exe.  exe',
      'winmail.dat/a.js exe',
      'winmail.dat/note.txt exe',
    ]);
  });

  it('has attachments whose content is a MAPI property, with their types', () => {
    const properties = [
      unicode(0x3707, 'a.bin'),
      binary(0x3701, exe),
      unicode(0x370e, 'Application/X-MSDownload'),
    ];
    const [, file] = readTnef({ files: [{ properties }] }).facts.attachments;
    expect(file).to.include({
      name: 'winmail.dat/a.bin',
      declaredType: 'application/x-msdownload',
      looksLike: 'exe',
      sizeBytes: exe.length,
      depth: 1,
    });
    expect(seen(readTnef({ files: [{ data: Buffer.from('x'), properties }] }))).to.have.length(2);
  });

  it('has archives that are opened, and messages within the message, to the depth that is allowed', () => {
    const within = (depth: number): Buffer =>
      depth === 0
        ? tnefOf({
            body: 'See http://inner.test/',
            files: [{ title: 'a.zip', data: zipOf([{ name: 'b.js' }]) }],
          })
        : tnefOf({ files: [{ properties: [unicode(0x3001, 'Fwd'), object(0x3701, within(depth - 1))] }] });
    const content = readOctets(within(1));
    expect(seen(content)).to.deep.equal([
      'winmail.dat/Fwd tnef',
      'winmail.dat/Fwd/a.zip zip',
      'winmail.dat/Fwd/a.zip/b.js ',
    ]);
    expect(content.urls).to.deep.equal(['http://inner.test/']);
    expect(readOctets(within(3)).facts.attachments[0]?.unopened).to.include('attachments.depth is reached');
  });

  it('has the text of the message, in each place where it may stand', () => {
    expect(readTnef({ body: 'Go to http://a.test/x now' })).to.include({ text: 'Go to http://a.test/x now' });
    const html = '<p>für <a href="http://b.test/">you</a>';
    for (const property of [unicode(0x1013, html), binary(0x1013, Buffer.from(html, 'latin1'))]) {
      const content = readTnef({ properties: [named('x'), int32(0x3fde, 28591), property] });
      expect(content.text).to.equal('für you');
      expect(content.urls).to.deep.equal(['http://b.test/']);
    }
    for (const property of [unicode(0x1000, 'http://c.test/ ü'), string8(0x1000, 'http://c.test/ \xfc')])
      expect(readTnef({ properties: [property] })).to.deep.include({
        text: 'http://c.test/ ü',
        urls: ['http://c.test/'],
      });
    const rtf =
      '{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}Look {\\field{\\*\\fldinst HYPERLINK "http://d.test/"}}\\par }';
    expect(readTnef({ properties: [binary(0x1009, compressedRtf(rtf))] }).urls).to.deep.equal([
      'http://d.test/',
    ]);
  });

  it('is known by its first octets, under any name and type', () => {
    const octets = tnefOf({ files: [{ title: 'a.exe', data: exe }] });
    expect(seen(readOctets(octets, 'image/png; name=a.png'))).to.deep.equal(['a.png/a.exe exe']);
    expect(readOctets(Buffer.from('other')).facts.attachments[0]?.unopened).to.equal('it is no TNEF');
    expect(readOctets(Buffer.alloc(0)).facts.attachments[0]?.unopened).to.equal('it is no TNEF');
  });

  it('is read as far as it can be, and said to be damaged', () => {
    const file = { title: 'a.exe', data: exe };
    const cut = tnefOf({ files: [file, { title: 'b.exe', data: exe }] }).subarray(0, -30);
    const read = readOctets(cut);
    expect(seen(read)).to.deep.equal(['winmail.dat/a.exe exe', 'winmail.dat/b.exe exe']);
    expect(read.facts.attachments[0]?.unopened).to.equal('it ends within an attribute');
    for (const list of [
      listOf([unicode(0x3707, 'long.js')]).subarray(0, 14),
      Buffer.from('ffffffff', 'hex'),
      listOf([Buffer.from('1f000010ffffffff', 'hex')]),
      listOf([Buffer.from('99990737', 'hex')]),
    ]) {
      const files = [file, file];
      const content = readOctets(Buffer.concat([tnefOf({ files }), attribute(2, 0x00069005, list)]));
      expect(seen(content)).to.have.length(2);
      expect(content.facts.attachments[0]?.unopened).to.equal('a list of MAPI properties is damaged');
    }
    const odd = readTnef({ files: [file], properties: [binary(0x1009, Buffer.from('no RTF at all, none'))] });
    expect(seen(odd)).to.have.length(1);
    expect(odd.facts.attachments[0]?.unopened).to.equal('its RTF is damaged');
    for (let bytes = 0; bytes < cut.length; bytes += 1) readOctets(cut.subarray(0, bytes));
  });

  it('says that it holds more files than are looked at', () => {
    const files = Array.from({ length: 600 }, () => ({ title: 'a.txt', data: Buffer.from('x') }));
    const [outer, ...rest] = readTnef({ files }).facts.attachments;
    expect(rest).to.have.length(500);
    expect(outer?.unopened).to.equal('it holds more files than are looked at');
  });

  it('gives its text once, however often it is opened', () => {
    const reading = new Reading(messageOf(TNEF, tnefOf({ body: 'once' })));
    reading.open(opener());
    reading.open(opener());
    expect(reading.content().text).to.equal('once');
  });
});

describe('compressed RTF', () => {
  it('is what MS-OXRTFCP §4 says of its examples', () => {
    for (const [packed, rtf] of [
      [
        '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0',
        '{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n',
      ],
      ['1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0', '{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}'],
    ] as const)
      expect(decompressRtf(Buffer.from(packed, 'hex'), 1_000).toString('latin1')).to.equal(rtf);
  });

  it('is undone as it was written, and cut off where nothing more is wanted', () => {
    for (const length of [0, 7, 8, 9, 5_000]) {
      const rtf = 'abcdefg'.repeat(1_000).slice(0, length);
      expect(decompressRtf(compressedRtf(rtf), 10_000).toString()).to.equal(rtf);
      expect(decompressRtf(compressedRtf(rtf), 100).toString()).to.equal(rtf.slice(0, 100));
    }
    const plain = Buffer.concat([
      Buffer.alloc(8),
      Buffer.from('MELA'),
      Buffer.alloc(4),
      Buffer.from('{\\rtf1 x}'),
    ]);
    expect(decompressRtf(plain, 100).toString()).to.equal('{\\rtf1 x}');
  });
});

describe('RTF', () => {
  const see = (rtf: string) => seeRtf(Buffer.from(rtf, 'latin1'), (page) => `windows-${page}`);

  it('shows its text', () => {
    expect(
      see(
        "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\*\\generator x}f\\'fcr\\u8364?\\tab 1\\{2\\}\\par\\bin3 }}}end}",
      ),
    ).to.deep.equal({ type: 'text/plain', text: 'für€\t1{2}\nend' });
  });

  it('gives back the HTML that Outlook wrapped in it', () => {
    const rtf =
      '{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\*\\htmltag64 <a href="http://a.test/\\{x\\}">}' +
      '\\htmlrtf {\\field{\\*\\fldinst HYPERLINK "http://b.test/"}\\htmlrtf0 1 < 2{\\*\\mhtmltag64 no}' +
      '{\\*\\htmltag72 </a>}\\htmlrtf }\\htmlrtf0}';
    expect(see(rtf)).to.deep.equal({
      type: 'text/html',
      text: '<a href="http://a.test/{x}">1 &#60; 2</a>',
    });
  });

  it('ends, whatever it is', () => {
    for (const rtf of ['', '\\', "\\'", '}}}}', '{'.repeat(10_000), '\\bin999999999 x', '\\u-1', '\0\x80'])
      expect(see(rtf).text).to.be.a('string');
  });
});
