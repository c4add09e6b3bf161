import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { grantOf, messagesPerSecond, weightsOf } from '@mailpair/shared/gateway/pair/capacity';

describe('the capacity of a gateway', () => {
  it('is that of the cores that its workers can use', () => {
    expect(messagesPerSecond({ cores: 4, workers: 4 }, 0.01)).to.equal(400);
    expect(messagesPerSecond({ cores: 4, workers: 1 }, 0.01)).to.equal(100);
    expect(messagesPerSecond({ cores: 0.25, workers: 2 }, 0.01)).to.equal(25);
  });

  it('is granted to the nodes that shed, beside the main duty', () => {
    const facts = { capacity: 100, budget: 0.8, dutyPerSecond: 20, headroom: 0.5, shedding: 0 };
    expect(grantOf(facts)).to.equal(60);
    expect(grantOf({ ...facts, shedding: 1 })).to.equal(60);
    expect(grantOf({ ...facts, shedding: 3 })).to.equal(20);
    expect(grantOf({ ...facts, dutyPerSecond: 90 })).to.equal(0);
    expect(grantOf({ ...facts, headroom: 0 })).to.equal(0);
  });
});

describe('the weights of a balancer', () => {
  it('are the capacities, 256 for the largest', () => {
    expect(weightsOf([400, 100])).to.deep.equal([256, 64]);
    expect(weightsOf([7])).to.deep.equal([256]);
    expect(weightsOf([1, 10_000])).to.deep.equal([1, 256]);
  });

  it('are whole numbers from 1 to 256 for any capacities', () => {
    const some = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(some, (capacities) =>
        weightsOf(capacities).every((weight) => Number.isInteger(weight) && weight >= 1 && weight <= 256),
      ),
    );
  });
});
