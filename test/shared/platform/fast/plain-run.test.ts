import { PlainRun, plainRunEndSimple } from '@mailpair/shared/platform/fast/plain-run';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

describe('the end of a run within a line', () => {
  it('is found where the simple version finds it, wherever the chunk begins in memory', () => {
    const octet = fc.oneof(
      { weight: 40, arbitrary: fc.integer({ min: 14, max: 255 }) },
      { weight: 1, arbitrary: fc.constantFrom(0, 9, 10, 13, 14, 15, 127, 128, 129, 141, 142, 255) },
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 8 }),
        fc.array(octet, { maxLength: 400, size: 'max' }),
        (before, octets) => {
          const chunk = Buffer.from([...before, ...octets]).subarray(before.length);
          const run = new PlainRun(chunk);
          for (let at = 0; at <= chunk.length; at += 1)
            expect(run.endAfter(at)).to.equal(plainRunEndSimple(chunk, at));
        },
      ),
      { numRuns: 500 },
    );
  });
});
