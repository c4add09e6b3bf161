import { describe, it } from 'mocha';
import { expect } from 'chai';
import fc from 'fast-check';
import { ReplyReader } from '@mailpair/shared/smtp/client/reply-reader';
import type { Reply } from '@mailpair/shared/platform/values/reply';
import { cut } from '../../../support/cut.ts';

function readAll(chunks: readonly Buffer[]): Reply[] {
  const reader = new ReplyReader();
  const replies: Reply[] = [];
  for (const chunk of chunks) reader.read(chunk, (reply) => replies.push(reply));
  return replies;
}

describe('reading replies', () => {
  it('reads several replies from one chunk', () => {
    const codes = readAll([Buffer.from('250 2.1.0 OK\r\n550 5.1.1 Nobody\r\n354 Go\r\n')]).map(
      ({ code }) => code,
    );
    expect(codes).to.deep.equal([250, 550, 354]);
  });

  it('makes one reply of many lines', () => {
    const replies = readAll([Buffer.from('550-5.1.1 No such\r\n550-5.1.1 mailbox\r\n550 5.1.1 here\r\n')]);
    expect(replies).to.deep.equal([{ code: 550, enhanced: '5.1.1', text: 'No such mailbox here' }]);
  });

  it('reads a reply whose first line is all there and whose last is not', () => {
    const reader = new ReplyReader();
    const replies: Reply[] = [];
    reader.read(Buffer.from('250-one\r\n25'), (reply) => replies.push(reply));
    expect(replies).to.have.length(0);
    reader.read(Buffer.from('0 two\r\n'), (reply) => replies.push(reply));
    expect(replies).to.deep.equal([{ code: 250, enhanced: '', text: 'one two' }]);
  });

  it('knows what was said before from what is only as long', () => {
    const said = ['250 one\r\n', '250 two\r\n', '250 two\r\n', '250 one\r\n'].map((text) =>
      Buffer.from(text),
    );
    expect(readAll(said).map(({ text }) => text)).to.deep.equal(['one', 'two', 'two', 'one']);
  });

  it('joins to an open reply what was a reply of its own before', () => {
    const said = ['250 two\r\n', '250-one\r\n', '250 two\r\n'].map((text) => Buffer.from(text));
    expect(readAll(said).map(({ text }) => text)).to.deep.equal(['two', 'one two']);
  });

  it('keeps none of the octets that it was lent', () => {
    const reader = new ReplyReader();
    const texts: string[] = [];
    const lent = Buffer.from('250 one\r\n');
    reader.read(lent, ({ text }) => texts.push(text));
    lent.write('250 two\r\n');
    reader.read(lent, ({ text }) => texts.push(text));
    expect(texts).to.deep.equal(['one', 'two']);
  });

  it('reads a code alone on its line', () => {
    expect(readAll([Buffer.from('250\r\n')])).to.deep.equal([{ code: 250, enhanced: '', text: '' }]);
  });

  it('gives code 0 for what is no reply', () => {
    expect(readAll([Buffer.from('HTTP/1.1 400 Bad Request\r\n')])[0]?.code).to.equal(0);
  });

  it('gives up on a reply that never ends', () => {
    const reader = new ReplyReader();
    const line = Buffer.from(`250-${'x'.repeat(100)}\r\n`);
    const endless = (): void => {
      for (let count = 0; count < 1_000; count += 1)
        reader.read(line, () => expect.fail('no reply has ended'));
    };
    expect(endless).to.throw('without end');
  });

  it('reads the same whichever way the network cuts it', () => {
    const line = fc.tuple(
      fc.constantFrom('250', '354', '550'),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(500)), (lines, places) => {
        const text = lines.map(([code, rest]) => `${code} ${rest.replace(/[\r\n]/g, '')}\r\n`).join('');
        const octets = Buffer.from(text);
        const whole = readAll([octets]);
        expect(whole).to.have.length(lines.length);
        const chunks = cut(octets, places);
        expect(readAll(chunks)).to.deep.equal(whole);
        expect(readAll([...chunks, octets, ...chunks])).to.deep.equal([...whole, ...whole, ...whole]);
      }),
    );
  });
});
