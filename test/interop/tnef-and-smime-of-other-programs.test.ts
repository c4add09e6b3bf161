/** Debian's tnef reads what our tests write as winmail.dat, and what OpenSSL makes of a message as S/MIME is read by us. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { Openings } from '@mailpair/shared/filter/content/open-attachments';
import { readContent } from '@mailpair/shared/filter/content/read-content';
import type { Content } from '@mailpair/shared/platform/values/content';
import { program } from '../support/archives.ts';
import { attach } from '../support/containers.ts';
import { binary, compressedRtf, int32, named, object, string8, tnefOf, unicode } from '../support/tnef.ts';
import { needProgram } from './programs.ts';

const exe = Buffer.from(program);
const unpack = { depth: 4, bytes: 1024 * 1024, cpuMs: Infinity };
const readMessage = (message: Buffer): Content => readContent(message, new Openings(unpack).open);

const readAs = (type: string, octets: Buffer): Content =>
  readMessage(
    Buffer.from(
      `From: a@b.test\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${octets.toString('base64')}`,
    ),
  );

describe('TNEF and S/MIME of other programs', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailpair-smime-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function run(command: string, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    expect(status, stderr).to.equal(0);
    return stdout;
  }

  it("lists the same attachments as Debian's tnef, with the same octets", function () {
    const tnef = needProgram(this, 'tnef');
    const octets = tnefOf({
      properties: [
        named('x'),
        int32(0x3fde, 1252),
        binary(0x1009, compressedRtf('{\\rtf1 http://a.test/ }')),
      ],
      files: [
        { title: 'A.TXT', data: exe, properties: [named('y'), unicode(0x3707, 'a long name.txt')] },
        { title: 'B.TXT', data: exe, properties: [string8(0x3707, 'b long name.txt'), int32(0x370b, 7)] },
        { title: 'C.TXT', data: exe },
        { properties: [string8(0x3707, 'd.txt'), binary(0x3701, exe)] },
        { title: 'e.dat', properties: [string8(0x3707, 'e.dat'), object(0x3701, tnefOf({ body: 'inner' }))] },
      ],
    });
    writeFileSync(join(folder, 'winmail.dat'), octets);
    const theirs = run(tnef, ['--list', '--file', 'winmail.dat']);
    const content = readAs('application/ms-tnef; name=w', octets);
    const names = content.facts.attachments.slice(1).map(({ name }) => name.slice(2));
    const listed = theirs
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0]);
    expect(listed).to.have.members(names);
    run(tnef, ['--overwrite', '--file', 'winmail.dat', '--save-body', '--directory', folder]);
    for (const name of names.slice(0, 4))
      expect(readFileSync(join(folder, name)).equals(exe), name).to.equal(true);
    expect(readFileSync(join(folder, 'message.rtf'), 'latin1')).to.include('http://a.test/');
    expect(content.urls).to.deep.equal(['http://a.test/']);
  });

  describe('OpenSSL', () => {
    let openssl: string;
    before(function () {
      openssl = needProgram(this, 'openssl');
      writeFileSync(join(folder, 'entity'), attach({ name: 'a.exe', octets: exe }));
      const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-out', 'certificate.pem'];
      run(openssl, ['req', '-x509', ...key, '-subj', '/CN=anna', '-addext', 'basicConstraints=CA:FALSE']);
    });

    const sign = ['-sign', '-nodetach', '-signer', 'certificate.pem', '-inkey', 'key.pem'];

    function make(args: readonly string[], input = 'entity'): Buffer {
      run(openssl, [...args, '-in', input, '-out', 'made']);
      return readFileSync(join(folder, 'made'));
    }

    function expectRead({ text, facts }: Content): void {
      expect(facts.attachments.at(-1)).to.include({ looksLike: 'exe' });
      expect(facts.attachments.at(-1)?.name).to.match(/\/a\.exe$/);
      expect(facts.attachments[0]).not.to.have.property('unopened');
      expect(text).to.equal('Please look at this.');
    }

    for (const command of ['cms', 'smime'])
      for (const stream of [[], ['-stream'], ['-indef']])
        for (const form of ['SMIME', 'PEM', 'DER'])
          it(`signs as ${[command, ...stream, form].join(' ')}`, () => {
            const made = make([command, ...sign, ...stream, '-binary', '-outform', form]);
            expectRead(form === 'SMIME' ? readMessage(made) : readAs('application/pkcs7-mime', made));
          });

    it('encrypts, which is said', () => {
      const made = make(['cms', '-encrypt', '-aes256', '-recip', 'certificate.pem']);
      expect(readMessage(made).facts.attachments[0]).to.include({
        encrypted: true,
        unopened: 'it is encrypted',
      });
    });

    it('signs another part without a word about it', () => {
      const made = make(['cms', '-sign', '-signer', 'certificate.pem', '-inkey', 'key.pem']);
      const { attachments } = readMessage(made).facts;
      expect(attachments.map(({ looksLike }) => looksLike)).to.include('cms');
      expect(attachments.some(({ unopened }) => unopened !== undefined)).to.equal(false);
    });
  });
});
