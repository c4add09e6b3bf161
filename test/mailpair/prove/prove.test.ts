import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rows } from '@mailpair/proving/prove/rows';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { mailpair } from '../command.ts';

describe('mailpair prove', () => {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-prove-test-'));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('lists its rows, all or those with a word in their name', async () => {
    const all = await mailpair(['prove', '--list', '--json']);
    expect(JSON.parse(all.out)).to.have.length(rows.length);
    const some = await mailpair(['prove', '--list', '--only', 'outbound/kill/spool.committed']);
    expect([some.code, some.out.trimEnd()]).to.deep.equal([
      0,
      'outbound/kill/spool.committed           killed: the changes of a commit are on disk, who asked for them has not been told',
    ]);
  });

  for (const [words, says] of [
    ['--only nothing-like-it', 'no row has nothing-like-it in its name'],
    ['--hours none', '--hours takes a number above 0'],
    ['outbound', 'one argument too many'],
  ] as const)
    it(`refuses ${words}`, async () => {
      const { code, out, err } = await mailpair(['prove', ...words.split(' ')]);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.include(says).and.include('usage: mailpair prove');
    });

  it('asks for a directory when the configuration names no disk', async () => {
    const { code, err } = await mailpair(['prove', '--config', '/nowhere/mailpair.yaml']);
    expect(code).to.equal(2);
    expect(err).to.include('name a directory with --dir');
  });

  it('says nothing before it finds that the directory is missing', async () => {
    const { code, err } = await mailpair(['prove', '--dir', '/nowhere/at/all']);
    expect(code).to.equal(2);
    expect(err).to.match(
      /^mailpair prove: there is no directory \/nowhere\/at\/all: make it, or name another with --dir\n$/,
    );
  });

  it('touches no spool', async () => {
    writeFileSync(join(directory, 'queue.mdb'), '');
    const { code, err } = await mailpair(['prove', '--dir', directory]);
    expect(code).to.equal(2);
    expect(err).to.include(`${directory} is a spool (it has queue.mdb)`);
  });
});
