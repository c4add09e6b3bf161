import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { mailIn } from '@mailpair/mailpair/judge/mail-in-files';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

describe('mail in files', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-mail-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const put = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };

  async function read(...paths: string[]): Promise<string[]> {
    const found: string[] = [];
    for await (const { octets } of mailIn(paths, Readable.from([Buffer.from('Subject: piped\n\nx\n')])))
      found.push(octets.toString());
    return found;
  }

  it('is one message, with lines that end in CRLF', async () => {
    expect(await read(put('one.eml', 'Subject: a\n\nFrom here on\r\nit is text.\n'))).to.deep.equal([
      'Subject: a\r\n\r\nFrom here on\r\nit is text.\r\n',
    ]);
  });

  it('is an mbox, also one larger than what is read at a time, with quoted lines as they were', async () => {
    const filler = 'x'.repeat(70);
    const one = (n: number): string =>
      `From a@b.test Mon Jan  1 00:00:00 2026\nSubject: ${n}\n\n>From here\n${`${filler}\n`.repeat(900)}\n`;
    const found = await read(put('box', [1, 2, 3].map(one).join('')));
    expect(found.map((text) => /^Subject: (\d)\r\n\r\nFrom here\r\n/.exec(text)?.[1])).to.deep.equal([
      '1',
      '2',
      '3',
    ]);
    expect(found.every((text) => text.includes(filler) && !text.includes('From a@b'))).to.equal(true);
  });

  it('is a maildir, without what is being delivered and what is no mail', async () => {
    for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(directory, name));
    put('cur/1:2,S', 'Subject: cur\n\n');
    put('new/2', 'Subject: new\n\n');
    put('tmp/3', 'Subject: tmp\n\n');
    put('dovecot-uidlist', '3 V1');
    put('.hidden', 'x');
    expect((await read(directory)).sort()).to.deep.equal(['Subject: cur\r\n\r\n', 'Subject: new\r\n\r\n']);
  });

  it('is stdin for -, and nothing for an empty file', async () => {
    expect(await read('-', put('empty', ''))).to.deep.equal(['Subject: piped\r\n\r\nx\r\n']);
  });

  it('says which file cannot be read', async () => {
    const fault = await read(join(directory, 'none')).catch((error: Error) => error.message);
    expect(fault).to.include('none');
  });
});
