import { describe, it } from 'mocha';
import { expect } from 'chai';
import fc from 'fast-check';
import { DotStuffing } from '@mailpair/shared/platform/fast/dot-stuffing';
import { dotStuffedSimple } from '@mailpair/shared/platform/fast/dot-stuffing-simple';

function stuffed(chunks: readonly Buffer[]): string {
  const stuffing = new DotStuffing();
  const sent = chunks.map((chunk) => Buffer.from(stuffing.add(chunk)));
  return Buffer.concat([...sent, stuffing.end()]).toString('latin1');
}

/** The receiver's side of RFC 5321 §4.5.2, a line at a time. */
function received(wire: string): string {
  const lines = wire.split('\r\n');
  const end = lines.indexOf('.');
  expect(lines.slice(end)).to.deep.equal(['.', '']);
  return lines
    .slice(0, end)
    .map((line) => `${line.startsWith('.') ? line.slice(1) : line}\r\n`)
    .join('');
}

const piece = fc.constantFrom('.', '..', '\r\n', '\r\n.', '\r', '\n', '\n.', 'a', '.\r\n.', '\xe9');

describe('dot-stuffing', () => {
  it('passes on a chunk without a dot to double as it is', () => {
    const chunk = Buffer.from('one.\r\ntwo .three\r\n');
    expect(new DotStuffing().add(chunk)).to.equal(chunk);
  });

  it('doubles a dot at the very beginning', () => {
    expect(stuffed([Buffer.from('.one\r\n')])).to.equal('..one\r\n.\r\n');
  });

  it('doubles a dot whose line end came in the chunk before', () => {
    expect(stuffed([Buffer.from('one\r\n'), Buffer.from('.two\r\n')])).to.equal('one\r\n..two\r\n.\r\n');
  });

  it('doubles a dot when CR, LF and dot come in chunks of their own', () => {
    const chunks = ['one', '\r', '\n', '.', 'two\r\n'].map((text) => Buffer.from(text));
    expect(stuffed(chunks)).to.equal('one\r\n..two\r\n.\r\n');
  });

  it('doubles a dot when CR ends a chunk and LF and dot begin the next', () => {
    expect(stuffed([Buffer.from('one\r'), Buffer.from('\n.two\r\n')])).to.equal('one\r\n..two\r\n.\r\n');
  });

  it('leaves a dot after a bare LF alone', () => {
    expect(stuffed([Buffer.from('one\n.two\r\n')])).to.equal('one\n.two\r\n.\r\n');
  });

  it('ends a last line that was not ended', () => {
    expect(stuffed([Buffer.from('one')])).to.equal('one\r\n.\r\n');
  });

  it('sends an empty message as the dot alone', () => {
    expect(stuffed([])).to.equal('.\r\n');
  });

  it('is that of the simple version however the content is cut, and brings the content through unchanged', () => {
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 8 }), { maxLength: 8 }), (parts) => {
        const chunks = parts.map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
        const content = Buffer.concat(chunks).toString('latin1');
        const whole = content === '' || content.endsWith('\r\n') ? content : `${content}\r\n`;
        expect(stuffed(chunks)).to.equal(dotStuffedSimple(content));
        expect(received(stuffed(chunks))).to.equal(whole);
      }),
      { numRuns: 1_000 },
    );
  });
});
