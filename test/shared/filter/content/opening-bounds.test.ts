import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { MOST_MEMORY_BYTES } from '@mailpair/shared/filter/content/archives/libarchive';
import { Openings } from '@mailpair/shared/filter/content/open-attachments';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import { packed, program, tarOf, zipOf } from '../../../support/archives.ts';
import { whole } from './content.ts';
import { contentTypes, exe, MEGABYTE, useOpened } from './opened.ts';

describe('the bounds of what is opened of a message', () => {
  const open = useOpened();
  const zeros = (megabytes: number): Buffer => Buffer.alloc(megabytes * MEGABYTE);
  const packedZeros = gzipSync(zeros(40));

  it('opens one of much air, as far as it has to', () => {
    const [zip] = open('x.zip', zipOf([{ name: 'log.txt', content: zeros(15) }]));
    expect(zip).to.not.have.any.keys('bomb', 'unopened');
    const tar = tarOf([{ name: 'log.txt', content: 'x'.repeat(18 * MEGABYTE) }]);
    for (const packing of [gzipSync, zstdCompressSync])
      expect(open('x.tar.gz', packing(tar))[0], packing.name).to.not.have.any.keys('bomb', 'unopened');
    expect(open('x.zst', zstdCompressSync(zeros(15)))[0]).to.not.have.any.keys('bomb', 'unopened');
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
      ['x.gz', packedZeros],
      ['x.zst', zstdCompressSync(zeros(40))],
      ['x.gz', gzipSync(packedZeros)],
      ['x.zip', zipOf([{ name: 'y.gz', content: packedZeros, method: 0 }])],
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
    const files = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `${i}`, content: '' }));
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
    const all = zipOf(Array.from({ length: 20 }, (_, i) => ({ name: `${i}.zip`, content: one, method: 0 })));
    const [outer] = open('x.zip', all);
    expect(outer?.unopened).to.include('attachments.unpack');
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
      new Openings({ depth: 3, bytes: 30 * MEGABYTE, cpuMs: Infinity }, open.library()).open,
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
      const openings = new Openings(bounds, open.library(), () => (asked += 1));
      const octets = Buffer.from(`${message}\r\n\r\n${zipOf(archives).toString('base64')}\r\n`);
      const [outer] = readContent(octets, openings.open).facts.attachments;
      expect(outer?.unopened, String(cpuMs)).to.include('more CPU time than one message may have');
      // Each archive within asks once more and is closed.
      expect(asked).to.be.below(cpuMs + 10);
    }
  });

  it('bounds the memory of the library', () => {
    const { functions } = open.library();
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
});
