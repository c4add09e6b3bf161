import { Throttle } from '@mailpair/shared/platform/log/throttle';
import { expect } from 'chai';
import { describe, it } from 'mocha';

describe('a throttle', () => {
  it('lets one event of each kind pass in an interval, with the number of those it held back', () => {
    let now = 0;
    const throttle = new Throttle<string>(1_000, () => now);
    expect([throttle.pass('a'), throttle.pass('a'), throttle.pass('b'), throttle.pass('a')]).to.deep.equal([
      0,
      undefined,
      0,
      undefined,
    ]);
    now = 999;
    expect(throttle.pass('a')).to.equal(undefined);
    now = 1_000;
    expect([throttle.pass('a'), throttle.pass('b'), throttle.pass('b')]).to.deep.equal([3, 0, undefined]);
  });
});
