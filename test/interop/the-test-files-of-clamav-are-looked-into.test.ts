/** The program that Debian's clamav-testfiles has in some forty containers, found by us without any scanner. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { loadLibarchive } from '@mailpair/shared/filter/content/archives/libarchive';
import { Openings } from '@mailpair/shared/filter/content/open-attachments';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import type { AttachmentFacts } from '@mailpair/shared/platform/values/content';
import { classesOf } from '@mailpair/shared/platform/values/attachment-rules';
import { skipBecause } from '../support/skip.ts';

const directory = '/usr/share/clamav-testfiles';

const seen = [
  ['7z', 'cab', 'zip', 'bz2.zip', 'tar.gz', 'tnef', 'bin-be.cpio', 'bin-le.cpio', 'newc.cpio', 'odc.cpio'],
  ['mail', 'exe.mbox.base64', 'exe.mbox.uu', 'exe', 'ea05.exe', 'ea06.exe'],
]
  .flat()
  .map((ending) => `clam.${ending}`);
/** Kinds that nothing here unpacks. */
const unopened = ['arj', 'd64.zip', 'impl.zip', 'exe.bz2'].map((ending) => `clam.${ending}`);

describe('the test files of ClamAV are looked into', () => {
  before(function () {
    if (!existsSync(directory))
      skipBecause(this, 'clamav-testfiles is missing; install it with: apt-get install clamav-testfiles');
  });

  async function open(file: string): Promise<readonly AttachmentFacts[]> {
    const octets = readFileSync(join(directory, file));
    const part = `Content-Type: a/b; name="${file}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${octets.toString('base64')}`;
    const message = /\.(?:mail|mbox\.)/.test(file) ? octets : Buffer.from(`From: a@b.test\r\n${part}\r\n`);
    const unpack = { depth: 3, bytes: 100 * 1024 * 1024, cpuMs: Infinity };
    return readContent(message, new Openings(unpack, await loadLibarchive()).open).facts.attachments;
  }

  for (const file of seen)
    it(`the program in ${file} is found by its octets`, async () => {
      expect((await open(file)).map(({ looksLike }) => looksLike)).to.include('exe');
    });

  for (const file of unopened)
    it(`${file} is said not to be opened`, async () => {
      expect((await open(file))[0]?.unopened).to.be.a('string');
    });

  it('every program among them is one, whatever packs it', async () => {
    const programs = readdirSync(directory).filter((file) => file.endsWith('.exe'));
    expect(programs).to.have.length.above(10);
    for (const file of programs) {
      const [attachment] = await open(file);
      expect(attachment && classesOf(attachment), file).to.include('executable');
      expect(attachment?.looksLike, file).to.equal('exe');
    }
  });
});
