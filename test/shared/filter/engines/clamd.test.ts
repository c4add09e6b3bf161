import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { pingClamd, readReply, scanByClamd, type ClamdAnswer } from '@mailpair/shared/filter/engines/clamd';
import { UnreachableError } from '@mailpair/shared/filter/engines/connect';
import type { Body } from '@mailpair/shared/platform/values/body';
import { freePorts } from '../../../support/ports.ts';
import { rejection } from '../../../support/rejection.ts';
import { startClamd, type ClamdAnswers, type StandIn } from '../../../support/stand-in-engines.ts';

const head = 'Received: from a by b;\r\n';
const bodyOf = (...chunks: string[]): Body => {
  const octets = chunks.map((chunk) => Buffer.from(chunk));
  const sizeBytes = octets.reduce((sum, { length }) => sum + length, 0);
  return { sizeBytes, sha256: '', chunks: octets, hops: 0, eightBit: false };
};

describe('the client of clamd', () => {
  const open: StandIn[] = [];
  async function clamd(answers: ClamdAnswers = {}): Promise<StandIn> {
    const standIn = await startClamd(answers);
    open.push(standIn);
    return standIn;
  }
  const scan = (
    { place }: StandIn,
    body: Body,
    signal = new AbortController().signal,
  ): Promise<ClamdAnswer> => scanByClamd(place, head, body, signal);
  afterEach(async () => {
    for (const standIn of open.splice(0)) await standIn.close();
  });

  it('sends the message whole behind our own fields, from memory and from a file', async () => {
    const standIn = await clamd();
    const directory = mkdtempSync(join(tmpdir(), 'mailpair-clamd-'));
    const path = join(directory, 'body');
    const large = Buffer.alloc(3_000_000, 'abc\r\n');
    writeFileSync(path, large);
    try {
      await scan(standIn, bodyOf('Subject: x\r\n', '', '\r\nhello\r\n'));
      await scan(standIn, { sizeBytes: large.length, sha256: '', path, hops: 0, eightBit: false });
    } finally {
      rmSync(directory, { recursive: true });
    }
    expect(standIn.messages[0]!.toString()).to.equal(`${head}Subject: x\r\n\r\nhello\r\n`);
    expect(standIn.messages[1]!.equals(Buffer.concat([Buffer.from(head), large]))).to.equal(true);
  });

  it('gives what was found, clean where nothing was', async () => {
    expect(await scan(await clamd(), bodyOf('x'))).to.deep.equal({ kind: 'clean' });
    const infected = await clamd({ scan: () => 'stream: Win.Test.EICAR_HDB-1 FOUND' });
    expect(await scan(infected, bodyOf('x'))).to.deep.equal({
      kind: 'found',
      signature: 'Win.Test.EICAR_HDB-1',
    });
  });

  it('hears that it was enough while it still sends', async () => {
    const standIn = await clamd({ limit: 1_000_000 });
    const chunks = Array.from({ length: 200 }, () => 'x'.repeat(65_536));
    expect(await scan(standIn, bodyOf(...chunks))).to.deep.equal({ kind: 'too-big' });
  });

  it('takes nothing for an answer that is none', async () => {
    for (const [answer, wanted] of [
      ['Can not open file ERROR', 'answers Can not open file ERROR'],
      ['hang up', 'closed the connection without an answer'],
      ['stream: OK but', 'answers stream: OK but'],
      ['x'.repeat(100_000), 'answers'],
    ] as const)
      expect((await rejection(scan(await clamd({ scan: () => answer }), bodyOf('x')))).message).to.include(
        wanted,
      );
  });

  it('shows no controls of what it says, and not more than 100 characters', () => {
    const answer = readReply(`stream: a\r\nb${'c'.repeat(500)} FOUND`);
    expect(answer).to.deep.equal({ kind: 'found', signature: `a?b${'c'.repeat(97)}` });
  });

  it('says apart that nobody listens', async () => {
    const [port = 0] = await freePorts(1);
    const { signal } = new AbortController();
    const place = { host: '127.0.0.1', port };
    expect(await rejection(scanByClamd(place, head, bodyOf('x'), signal))).to.be.instanceOf(UnreachableError);
    expect(await rejection(pingClamd({ path: '/nowhere/clamd.ctl' }, signal))).to.be.instanceOf(
      UnreachableError,
    );
    expect(await rejection(scan(await clamd({ scan: () => 'hang up' }), bodyOf('x')))).to.not.be.instanceOf(
      UnreachableError,
    );
  });

  it('gives up with the reason of the signal', async () => {
    const standIn = await clamd({ scan: () => null });
    const abort = new AbortController();
    const scanned = rejection(scan(standIn, bodyOf('x'), abort.signal));
    while (standIn.messages.length === 0) await new Promise(setImmediate);
    abort.abort(new Error('enough'));
    expect((await scanned).message).to.equal('enough');
    expect((await rejection(scan(standIn, bodyOf('x'), abort.signal))).message).to.equal('enough');
  });

  it('pings', async () => {
    const { signal } = new AbortController();
    await pingClamd((await clamd()).place, signal);
    const other = await clamd({ ping: () => '220 mail.example.com' });
    expect((await rejection(pingClamd(other.place, signal))).message).to.include(
      '220 mail.example.com to PING',
    );
  });
});
