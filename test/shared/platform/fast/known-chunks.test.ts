import { KnownChunks } from '@mailpair/shared/platform/fast/known-chunks';
import { KnownChunksSimple } from '@mailpair/shared/platform/fast/known-chunks-simple';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { cut } from '../../../support/cut.ts';

const said = fc.constantFrom('250 OK\r\n', '250 No\r\n', '354 Go\r\n', '550-a\r\n550 b\r\n', '');
const long = fc.integer({ min: 250, max: 262 }).map((length) => 'x'.repeat(length));

describe('what is known of chunks', () => {
  it('is what was kept last for the same octets, or nothing, however a stream is cut', () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 5, arbitrary: said }, long), { maxLength: 60 }),
        fc.array(fc.nat(5_000), { maxLength: 40 }),
        (texts, places) => {
          const [fast, simple] = [new KnownChunks<number>(), new KnownChunksSimple<number>()];
          const whole = texts.map((text) => Buffer.from(text));
          for (const [n, chunk] of [...whole, ...cut(Buffer.concat(whole), places)].entries()) {
            const known = fast.find(chunk);
            if (known !== undefined) expect(known).to.equal(simple.find(chunk));
            if (known !== undefined) found += 1;
            for (const chunks of [fast, simple]) chunks.keep(chunk, n);
            if (chunk.length <= 256) expect(fast.find(chunk)).to.equal(n);
            if (chunk.length > 256) expect(fast.find(chunk)).to.equal(undefined);
          }
        },
      ),
    );
    expect(found).to.be.above(100);
  });

  it('is bounded: the 33rd length forgets the others', () => {
    const chunks = new KnownChunks<number>();
    for (let length = 1; length <= 33; length += 1) chunks.keep(Buffer.alloc(length), length);
    expect([chunks.find(Buffer.alloc(1)), chunks.find(Buffer.alloc(33))]).to.deep.equal([undefined, 33]);
  });

  it('is not changed by octets that are overwritten later', () => {
    const chunks = new KnownChunks<string>();
    const lent = Buffer.from('250 one\r\n');
    chunks.keep(lent, 'one');
    lent.write('250 two\r\n');
    expect(chunks.find(lent)).to.equal(undefined);
    expect(chunks.find(Buffer.from('250 one\r\n'))).to.equal('one');
  });
});
