import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { beginningOf, HeaderMeasure, type Beginning } from '@mailpair/shared/smtp/server/beginning';

describe('how a message begins', () => {
  const cases: readonly (readonly [start: string, beginning: Beginning | undefined])[] = [
    ['From: a@b', 'field'],
    ['From \t: a@b', 'field'],
    [':', 'text'],
    ['From a@b Thu Jan  1 00:00:00 1970\r\n', 'mbox'],
    ['>From a@b\r\n', 'mbox'],
    ['From\ta', 'text'],
    ['Hello, world\r\n', 'text'],
    ['Hello\r\n', 'text'],
    ['Grüße: x', 'text'],
    ['\r\n', 'none'],
    [' From: a@b', 'continuation'],
    ['\tx', 'continuation'],
    ['Fro', undefined],
    ['From  ', undefined],
    ['', undefined],
    [`${'x'.repeat(997)}:`, 'field'],
    [`${'x'.repeat(998)}:`, 'text'],
    [`x${' '.repeat(998)}`, 'text'],
  ];
  for (const [start, beginning] of cases)
    it(`${JSON.stringify(start.slice(0, 40))} (${start.length}) → ${String(beginning)}`, () =>
      expect(beginningOf(Buffer.from(start))).to.equal(beginning));
});

describe('the length of a header section', () => {
  it('is the same however its pieces are cut', () => {
    const line = fc.constantFrom('A: b\r\n', '\r\n', ' c\r\n', '\r\n\r\n');
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 })), (lines, cuts) => {
        const text = `A: b\r\n${lines.join('')}`;
        const end = text.indexOf('\r\n\r\n');
        const measure = new HeaderMeasure();
        let from = 0;
        for (const cut of [...cuts, text.length]) {
          if (!measure.ended && from < text.length) measure.add(Buffer.from(text.slice(from, from + cut)));
          from += cut;
        }
        expect(measure.ended).to.equal(end >= 0);
        expect(measure.sizeBytes).to.equal(end < 0 ? text.length : end + 4);
      }),
    );
  });
});
