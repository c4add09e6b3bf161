import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { costOf, fitCost, meanBytes, parseMix, USUAL_MIX } from '@mailpair/shared/gateway/pair/size-mix';

const MB = 1024 ** 2;

describe('a mix of sizes', () => {
  it('has shares that add up to 1, however they are written', () => {
    expect(parseMix('10KB=9,1MB=1')).to.deep.equal([
      { sizeBytes: 10_240, share: 0.9 },
      { sizeBytes: MB, share: 0.1 },
    ]);
    expect(meanBytes(parseMix('1KB=1, 3KB=1'))).to.equal(2_048);
    expect(USUAL_MIX.reduce((sum, { share }) => sum + share, 0)).to.be.closeTo(1, 1e-9);
  });

  for (const text of ['', '10KB', '10KB=', '0KB=1', 'ten=1', '10KB=-1', '10KB=0', '10KB=1,'])
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(() => parseMix(text)).to.throw('sizes are like 4KB=70');
    });
});

describe('what a message of a mix costs', () => {
  it('is on the line through the sizes that were measured', () => {
    const line = fitCost(
      [
        { sizeBytes: MB, seconds: 0.012 },
        { sizeBytes: MB / 4, seconds: 0.0045 },
      ],
      parseMix('512KB=1'),
    );
    expect(line.secondsFixed).to.be.closeTo(0.002, 1e-12);
    expect(line.secondsPerMegabyte).to.be.closeTo(0.01, 1e-12);
    expect(line.secondsPerMessage).to.be.closeTo(0.007, 1e-12);
  });

  it('is never less for larger messages, nor below nothing, whatever was measured', () => {
    const seconds = fc.double({ min: 1e-5, max: 1, noNaN: true });
    fc.assert(
      fc.property(seconds, seconds, (small, large) => {
        const line = fitCost(
          [
            { sizeBytes: 4_096, seconds: small },
            { sizeBytes: 262_144, seconds: large },
          ],
          USUAL_MIX,
        );
        expect(line.secondsFixed).to.be.at.least(0);
        expect(line.secondsPerMessage).to.be.above(0);
        expect(costOf(line, parseMix('1MB=1'))).to.be.at.least(costOf(line, parseMix('4KB=1')));
      }),
    );
  });
});
