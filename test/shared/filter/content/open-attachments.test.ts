import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import type { AttachmentFacts } from '@mailpair/shared/platform/values/content';
import { packed, program, rarOf, tarOf, zipOf } from '../../../support/archives.ts';
import { whole } from './content.ts';
import { contentTypes, exe, useOpened } from './opened.ts';

describe('looking into attachments', () => {
  const open = useOpened();
  const seen = (all: readonly AttachmentFacts[]): string[] =>
    all.map(({ name, looksLike }) => `${name} ${looksLike}`);

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
