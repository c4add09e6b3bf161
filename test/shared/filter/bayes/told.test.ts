import { formatPiece, Pieces, piecesOf } from '@mailpair/shared/filter/bayes/told';
import { decodeExample, encodeExample, type Example } from '@mailpair/shared/filter/bayes/example';
import { MAX_ITEM } from '@mailpair/shared/platform/topics';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const example = fc.record({
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((octets) => Buffer.from(octets).toString('hex')),
  as: fc.constantFrom('spam' as const, 'ham' as const, 'none' as const),
  at: fc.nat(4e12),
  tokens: fc
    .array(fc.nat(0xffffffff), { maxLength: 800 })
    .map((all) => Uint32Array.from(all.slice(0, all.length & ~1))),
});

describe('examples told in pieces', () => {
  it('fit into items and are put together in any order', () => {
    fc.assert(
      fc.property(example, fc.func(fc.nat()), (each: Example, order) => {
        const pieces = new Pieces();
        const items = Array.from({ length: piecesOf(each.tokens.length / 2) }, (_, n) =>
          formatPiece(each, n + 1),
        );
        expect(items.every(({ length }) => length <= MAX_ITEM)).to.equal(true);
        items.sort((a, b) => order(a) - order(b));
        const whole = [items[0]!, ...items]
          .map((item) => pieces.take(item))
          .filter((found) => found !== undefined);
        expect(whole[0]).to.deep.equal(each);
      }),
    );
  });

  it('are none when they are nonsense', () => {
    const pieces = new Pieces();
    const id = 'ab'.repeat(16);
    for (const item of [
      '',
      `${id} spam 1 0/1 `,
      `${id} spam 1 2/1 `,
      `${id} eggs 1 1/1 `,
      `${id} spam 1 1/1 AAA`,
      `${id} spam 1 1/99 `,
    ])
      expect(pieces.take(item)).to.equal(undefined);
    expect(pieces.take(`${id} none 1 1/1 `)).to.deep.equal({
      id,
      as: 'none',
      at: 1,
      tokens: new Uint32Array(),
    });
  });

  it('are the same after they were on disk', () => {
    fc.assert(
      fc.property(example, (each) => {
        expect(decodeExample(encodeExample(each))).to.deep.equal(each);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => void decodeExample(Buffer.from(octets))),
    );
  });
});
