import { replyLine, replyLineSimple } from '@mailpair/shared/platform/fast/reply-line';
import { replies, type Reply } from '@mailpair/shared/platform/values/reply';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const fixed = Object.values(replies).filter((reply) => typeof reply === 'object');
const code = fc.constantFrom(250, 354, 421, 550);
const enhanced = fc.constantFrom('', '4.3.0', '5.1.1');
const anyReply: fc.Arbitrary<Reply> = fc.record({
  code,
  enhanced,
  text: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 700, size: 'max' }),
    fc.constantFrom('a\r\nb', 'ü', ''),
  ),
});

describe('the line of a reply', () => {
  it('is the same for a fixed reply, a copy of it and any other reply as if it were composed each time', () => {
    const replyOrCopy = fc.constantFrom(...fixed, ...fixed.map((reply) => ({ ...reply })));
    fc.assert(
      fc.property(fc.oneof(replyOrCopy, anyReply), (reply) => {
        expect(replyLine(reply)).to.equal(replyLineSimple(reply));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is one line of at most 510 printable octets', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        expect(replyLine(reply)).to.match(/^[\x20-\x7e]{0,510}$/);
      }),
    );
  });
});
