import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import {
  loadLibarchive,
  MOST_MEMORY_BYTES,
  type Libarchive,
} from '@mailpair/shared/facts/content/archives/libarchive';
import { Openings } from '@mailpair/shared/facts/content/open-attachments';
import { readContent } from '@mailpair/shared/facts/content/read-content';
import type { AttachmentFacts } from '@mailpair/shared/values/content';
import { packed, program, rarOf, tarOf, zipOf } from '../../../support/archives.ts';
import { whole } from './content.ts';

const MEGABYTE = 1024 * 1024;

describe('looking into attachments', () => {
  let library: Libarchive;
  before(async () => {
    library = await loadLibarchive();
  });

  function open(
    name: string,
    octets: Buffer,
    bounds = { depth: 3, bytes: 30 * MEGABYTE },
  ): readonly AttachmentFacts[] {
    const message = [
      ...whole,
      `Content-Type: application/octet-stream; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      octets.toString('base64'),
    ];
    const { facts } = readContent(
      Buffer.from(message.join('\r\n')),
      new Openings({ ...bounds, cpuMs: Infinity }, library).open,
    );
    return facts.attachments;
  }
  const seen = (all: readonly AttachmentFacts[]): string[] =>
    all.map(({ name, looksLike }) => `${name} ${looksLike}`);
  const exe = { name: 'a.txt', content: program };
  const contentTypes = { name: '[Content_Types].xml', content: '<x/>' };

  it('lists what is in a zip, and says what its first octets are', () => {
    const all = open(
      'x.zip',
      zipOf([{ name: 'dir/', method: 0 }, exe, { name: 'dir/b.txt', content: 'text' }]),
    );
    expect(seen(all)).to.deep.equal(['x.zip zip', 'x.zip/a.txt exe', 'x.zip/dir/b.txt ']);
    expect(all[1]).to.include({ sizeBytes: program.length, depth: 1, declaredType: '' });
  });

  it('goes by octets, whatever the name says', () => {
    expect(seen(open('holiday.jpg', zipOf([exe])))).to.deep.equal([
      'holiday.jpg zip',
      'holiday.jpg/a.txt exe',
    ]);
  });

  for (const [kind, name, octets] of [
    ['tar', 'x.tar', tarOf([{ name: 'inner.exe', content: program }])],
    ['gzip', 'x.tar.gz', gzipSync(tarOf([{ name: 'inner.exe', content: program }]))],
    ['zstd', 'x.tar.zst', zstdCompressSync(tarOf([{ name: 'inner.exe', content: program }]))],
    ['rar', 'x.rar', rarOf([{ name: 'inner.exe', content: program }])],
    ['7z', 'x.7z', packed.plain],
    ['xz', 'x.tar.xz', packed.tarXz],
    ['bzip2', 'x.tar.bz2', packed.tarBzip2],
  ] as const)
    it(`opens ${kind} (${name})`, () => {
      expect(seen(open(name, octets))).to.deep.equal([`${name} ${kind}`, `${name}/inner.exe exe`]);
    });

  it('notes what is attached to the message before what is within, however many files that is', () => {
    const many = zipOf(Array.from({ length: 1_500 }, (_, i) => ({ name: `${i}`, content: '' })));
    const attached = (name: string, octets: Buffer): string =>
      `--b\r\nContent-Type: a/b; name="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n` +
      `${octets.toString('base64')}\r\n`;
    const message = `${whole.join('\r\n')}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n`;
    const parts = attached('a.zip', many) + attached('b.exe', Buffer.from(program));
    const { facts } = readContent(
      Buffer.from(`${message}${parts}--b--\r\n`),
      new Openings({ depth: 3, bytes: 30 * MEGABYTE, cpuMs: Infinity }, library).open,
    );
    expect(facts.attachments).to.have.length(1_001);
    expect(facts.attachments.at(-2)).to.include({ name: 'b.exe', looksLike: 'exe' });
  });

  it('keeps what it found before there was no more room', () => {
    const document = zipOf([
      contentTypes,
      { name: 'word/vbaProject.bin', content: 'x' },
      { name: 'word/media/1.bin', content: randomBytes(3 * MEGABYTE) },
      { name: 'word/document.xml', content: 'x' },
    ]);
    const [docm] = open('x.docm', document, { depth: 3, bytes: 2 * MEGABYTE });
    expect(docm).to.include({ looksLike: 'ooxml', macros: true });
    expect(docm?.unopened).to.include('attachments.unpack');
  });

  it('undoes uuencode, in text and as an encoding', () => {
    const uu = ['begin 644 run.exe', '#0V%T', '`', 'end'];
    const text = readContent(Buffer.from([...whole, '', 'See below', ...uu, ''].join('\r\n')));
    expect(text.facts.attachments).to.deep.equal([
      { name: 'run.exe', declaredType: '', looksLike: '', sizeBytes: 3, depth: 0 },
    ]);
    const type = 'Content-Type: a/b; name=x.exe';
    const part = readContent(
      Buffer.from([...whole, type, 'Content-Transfer-Encoding: x-uuencode', '', ...uu, ''].join('\r\n')),
    );
    expect(part.facts.attachments[0]).to.include({ name: 'x.exe', sizeBytes: 3 });
  });

  it('opens a file that is only compressed', () => {
    expect(seen(open('setup.exe.gz', gzipSync(program)))).to.deep.equal([
      'setup.exe.gz gzip',
      'setup.exe.gz/setup.exe exe',
    ]);
  });

  it('goes into archives within archives, as deep as it may', () => {
    const within = (depth: number): Buffer =>
      depth === 0 ? zipOf([exe]) : zipOf([{ name: `${depth}.zip`, content: within(depth - 1) }]);
    const all = open('x.zip', within(2));
    expect(seen(all).at(-1)).to.equal('x.zip/2.zip/1.zip/a.txt exe');
    const [outer, ...rest] = open('x.zip', within(3));
    expect(rest.at(-1)).to.include({
      name: 'x.zip/3.zip/2.zip/1.zip',
      unopened: 'attachments.depth is reached',
    });
    expect(outer?.unopened).to.include('attachments.depth is reached');
    const mixed = gzipSync(tarOf([{ name: 'y.rar', content: 'x' }]));
    expect(seen(open('x.zip', zipOf([{ name: 'y.tgz', content: mixed }])))).to.include('x.zip/y.tgz/y.rar ');
  });

  it('says that a password is wanted', () => {
    const [zip, member] = open('x.zip', zipOf([{ ...exe, flags: 1 }]));
    expect(zip).to.include({ encrypted: true, unopened: 'a.txt: it is encrypted' });
    expect(member).to.include({ encrypted: true, name: 'x.zip/a.txt', unopened: 'it is encrypted' });
    const [archive] = open('x.7z', packed.encrypted);
    expect(archive).to.include({ encrypted: true, unopened: 'inner.exe: it is encrypted' });
    const ole = Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ]);
    expect(open('x.docx', ole)[0]).to.include({ encrypted: true, unopened: 'it is encrypted' });
    expect(open('x.7z', packed.hidden)[0]).to.include({ encrypted: true });
  });

  it('finds members that only some programs show', () => {
    expect(seen(open('x.zip', zipOf([exe, { name: 'evil.js', content: 'x', stray: true }])))).to.include(
      'x.zip/evil.js ',
    );
    expect(seen(open('x.zip', zipOf([{ ...exe, localName: 'a.exe' }])))).to.include.members([
      'x.zip/a.exe exe',
      'x.zip/a.txt exe',
    ]);
    const behind = Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), zipOf([exe])]);
    expect(seen(open('x.jpg', behind))).to.deep.equal(['x.jpg jpeg']);
  });

  it('knows documents with macros, and does not list what documents are made of', () => {
    const types = contentTypes;
    const macros = { name: 'word/vbaProject.bin', content: 'x' };
    const embedded = { name: 'word/embeddings/oleObject1.bin', content: program };
    expect(open('x.docx', zipOf([types]))).to.deep.equal([
      { ...open('x.docx', zipOf([types]))[0], looksLike: 'ooxml' },
    ]);
    const all = open('x.docx', zipOf([types, macros, embedded]));
    expect(all[0]).to.include({ looksLike: 'ooxml', macros: true });
    expect(seen(all.slice(1))).to.deep.equal(['x.docx/word/embeddings/oleObject1.bin exe']);
    const ole = Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(600),
      Buffer.from('_VBA_PROJECT', 'utf16le'),
    ]);
    expect(open('x.doc', ole)[0]).to.include({ looksLike: 'ole', macros: true });
    expect(open('x.zip', zipOf([{ name: 'x.doc', content: ole }]))[0]).to.include({ macros: true });
  });

  describe('that are made to unpack to more than there is room for', () => {
    const zeros = (megabytes: number): Buffer => Buffer.alloc(megabytes * MEGABYTE);

    it('opens one of much air, as far as it has to', () => {
      const [zip] = open('x.zip', zipOf([{ name: 'log.txt', content: zeros(15) }]));
      expect(zip).to.not.have.any.keys('bomb', 'unopened');
    });

    it('knows one by what it says of itself', () => {
      const [zip] = open('x.zip', zipOf([{ name: '0', content: zeros(40) }]));
      expect(zip).to.include({ bomb: true });
    });

    it('knows one by members that share their data', () => {
      const shared = Array.from({ length: 50 }, (_, i) => ({
        name: `${i}`,
        content: 'x'.repeat(50),
        shares: i > 0,
      }));
      expect(open('x.zip', zipOf(shared))[0]).to.include({
        bomb: true,
        unopened: 'its members share their data',
      });
    });

    it('knows one that lies about its size, when it comes to it', () => {
      const inner = { name: 'y.tar', content: Buffer.concat([tarOf([exe]), zeros(40)]), sizeBytes: 100 };
      const [zip, tar] = open('x.zip', zipOf([inner]));
      expect(tar).to.include({ bomb: true });
      expect(zip).to.include({ bomb: true });
      expect(open('x.gz', gzipSync(Buffer.concat([tarOf([exe]), zeros(40)])))[0]).to.include({ bomb: true });
    });

    it('knows one that nothing within asks to be opened', () => {
      for (const [name, octets] of [
        ['x.gz', gzipSync(zeros(40))],
        ['x.zst', zstdCompressSync(zeros(40))],
        ['x.gz', gzipSync(gzipSync(zeros(40)))],
        ['x.zip', zipOf([{ name: 'y.gz', content: gzipSync(zeros(40)), method: 0 }])],
        ['x.zip', zipOf([{ name: 'y.txt', content: zeros(40), sizeBytes: 100 }])],
        ['x.docx', zipOf([contentTypes, { name: 'word/document.xml', content: zeros(40), sizeBytes: 100 }])],
      ] as const)
        expect(open(name, octets)[0], `${name} of ${octets.length}`).to.include({ bomb: true });
      const [zip] = open('x.zip', zipOf([{ name: 'y.txt', content: zeros(4), sizeBytes: 100 }]));
      expect(zip?.unopened).to.equal('y.txt: it unpacks to more than the archive says');
    });

    it('knows one that is larger than attachments.unpack, though it hardly grows', () => {
      const [zip] = open('x.zip', zipOf([{ name: 'y.bin', content: randomBytes(3 * MEGABYTE) }]), {
        depth: 3,
        bytes: 2 * MEGABYTE,
      });
      expect(zip?.unopened).to.equal('y.bin: it unpacks to more than attachments.unpack allows');
    });

    it('knows a tar that says it holds terabytes, and what stands behind the end of one', () => {
      const tar = tarOf([exe]);
      tar.write('77777777777\0', 124);
      expect(open('x.tar', tar)[0]).to.have.property('unopened');
      expect(open('x.tar.gz', gzipSync(Buffer.concat([tarOf([exe]), zeros(40)])))[0]).to.include({
        bomb: true,
      });
    });

    it('opens nothing without end that holds itself', () => {
      let quine = zipOf([exe]);
      for (let i = 0; i < 30; i += 1) quine = zipOf([{ name: 'r.zip', content: quine, method: 0 }]);
      const all = open('r.zip', quine);
      expect(all).to.have.length(4);
      expect(all[0]?.unopened).to.include('attachments.depth is reached');
    });

    it('looks at 5,000 files and notes 1,000, and says that there are more', () => {
      const files = (count: number) =>
        Array.from({ length: count }, (_, i) => ({ name: `${i}`, content: '' }));
      const more = 'it holds more files than are looked at';
      const outcome = (octets: Buffer) => {
        const [outer, ...rest] = open('x', octets);
        return { unopened: outer?.unopened, noted: rest.length + 1 };
      };
      expect(outcome(zipOf(files(900)))).to.deep.equal({ unopened: undefined, noted: 901 });
      // One more says which bound was reached.
      for (const octets of [
        zipOf(files(1_100)),
        zipOf([...files(5_000), { name: 'z.exe', content: program }]),
        gzipSync(tarOf(files(6_000))),
        tarOf(files(6_000)),
      ])
        expect(outcome(octets)).to.deep.equal({ unopened: more, noted: 1_001 });
    });

    it('stops at many that are each small', () => {
      const one = zipOf(Array.from({ length: 15 }, (_, i) => ({ name: `${i}.txt`, content: zeros(1) })));
      const all = zipOf(
        Array.from({ length: 20 }, (_, i) => ({ name: `${i}.zip`, content: one, method: 0 })),
      );
      const [outer] = open('x.zip', all);
      expect(outer?.unopened).to.include('attachments.unpack');
    });
  });

  it('opens no more once the CPU time of one message is used up, and says so of all that is left', () => {
    const files = Array.from({ length: 20 }, (_, i) => ({ name: `${i}.txt`, content: 'x' }));
    const archives = [zipOf(files), gzipSync(tarOf(files)), zipOf(files)].map((octets, i) => ({
      name: `${i}.bin`,
      content: octets,
      method: 0,
    }));
    const message = `${whole.join('\r\n')}\r\nContent-Type: application/zip; name=x.zip\r\nContent-Transfer-Encoding: base64`;
    for (const cpuMs of [0, 1, 5, 30, 60]) {
      let asked = 0;
      const bounds = { depth: 3, bytes: 30 * MEGABYTE, cpuMs };
      const { open } = new Openings(bounds, library, () => (asked += 1));
      const octets = Buffer.from(`${message}\r\n\r\n${zipOf(archives).toString('base64')}\r\n`);
      const [outer] = readContent(octets, open).facts.attachments;
      expect(outer?.unopened, String(cpuMs)).to.include('more CPU time than one message may have');
      // Each archive within asks once more and is closed.
      expect(asked).to.be.below(cpuMs + 10);
    }
  });

  it('bounds the memory of the library', () => {
    const { functions } = library;
    const held: number[] = [];
    for (;;) {
      const at = functions._malloc(32 * MEGABYTE);
      if (at === 0) break;
      held.push(at);
    }
    expect(functions.HEAPU8.length).to.be.within(100 * MEGABYTE, MOST_MEMORY_BYTES);
    expect(open('x.7z', packed.plain)[1]).to.include({ looksLike: 'exe' });
    const much = open('x.tar', Buffer.concat([tarOf([exe]), Buffer.alloc(40 * MEGABYTE)]))[0];
    expect(much?.unopened).to.equal('it needs more memory than there is for it');
    for (const at of held) functions._free(at);
    expect(open('x.7z', packed.plain)[1]).to.include({ looksLike: 'exe' });
  });

  it('takes no file for an archive for two octets that it begins with', () => {
    const rest = Buffer.alloc(2_000, 0xee);
    for (const start of ['\x1f\x8b', '\x60\xea', '\xc7\x71', '\x71\xc7', 'xx-lh'])
      expect(open('x.bin', Buffer.concat([Buffer.from(start, 'latin1'), rest]))).to.deep.equal([
        {
          name: 'x.bin',
          declaredType: 'application/octet-stream',
          looksLike: '',
          sizeBytes: rest.length + start.length,
          depth: 0,
        },
      ]);
  });

  it('says what is damaged, or of a kind that nothing here opens', () => {
    const [rar] = open('x.rar', Buffer.from('Rar!\x1a\x07\x01\x00 and nothing else', 'latin1'));
    expect(rar).to.have.property('unopened').that.is.a('string');
    const zip = zipOf([exe]);
    expect(open('x.zip', zip.subarray(0, 20))[0]).to.have.property('unopened');
    expect(
      open('x.zip', zipOf([{ ...exe, packed: Buffer.from('\xff\xff\xff', 'latin1') }]))[0]?.unopened,
    ).to.include('it is damaged');
    expect(open('x.zip', zipOf([{ ...exe, method: 9 }]))[0]?.unopened).to.match(/compression method/i);
    expect(open('x.ace', Buffer.from(`${'x'.repeat(7)}**ACE**`))[0]?.unopened).to.equal(
      'ace is not opened here',
    );
  });
});
