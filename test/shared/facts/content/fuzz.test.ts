import { expect } from 'chai';
import { describe, it } from 'mocha';
import { fuzz } from '../../../fuzz/content.ts';

describe('the reader of content', () => {
  it('takes three thousand mutated messages and archives, and keeps its bounds', async function () {
    this.timeout(60_000);
    const { faults } = await fuzz(3_000, 20_261_125, () => undefined);
    expect(faults).to.deep.equal([]);
  });
});
