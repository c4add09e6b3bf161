import { faultNames, MAX_COMPRESSION, planScenario, usualShares } from '@mailpair/proving/rehearse/scenario';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const usual = { phases: faultNames, shares: usualShares };

describe('a scenario', () => {
  it('is by default an hour in a minute, ten seconds for each phase and ten before', () => {
    const { slots, trafficMs, compression, messages } = planScenario(usual);
    expect({ trafficMs, compression, messages }).to.deep.equal({
      trafficMs: 60_000,
      compression: 60,
      messages: 1200,
    });
    expect(slots.map(({ name }) => name)).to.deep.equal(['steady', ...faultNames]);
    expect(slots[1]).to.deep.equal({
      name: 'inbound',
      fromMs: 10_000,
      toMs: 20_000,
      fault: { name: 'inbound', fromMs: 11_000, toMs: 16_000 },
    });
    expect(slots[0]).to.not.have.property('fault');
  });

  it('takes longer when clocks or messages would go too fast', () => {
    expect(planScenario({ ...usual, hours: 24, ratePerHour: 100 })).to.include({
      trafficMs: 288_000,
      compression: MAX_COMPRESSION,
      messages: 2400,
    });
    expect(planScenario({ ...usual, hours: 10, ratePerHour: 3000 })).to.include({
      trafficMs: 300_000,
      messages: 30_000,
    });
  });

  it('says how many minutes are needed when those given are too few', () => {
    expect(() => planScenario({ ...usual, minutes: 1, hours: 24 })).to.throw('need --minutes 4.8 or more');
    expect(() => planScenario({ ...usual, minutes: 1, ratePerHour: 60_000 })).to.throw('--minutes 10 ');
  });

  it('does not stretch time, and wants enough messages for a table', () => {
    expect(() => planScenario({ ...usual, minutes: 90, hours: 1 })).to.throw('not stretched');
    expect(() => planScenario({ ...usual, hours: 0.01 })).to.throw('too few');
  });

  it('never runs faster than it may, and its slots follow each other without a gap', () => {
    const options = fc.record({
      phases: fc.subarray([...faultNames]),
      shares: fc.constant(usualShares),
      hours: fc.double({ min: 0.5, max: 200, noNaN: true }),
      ratePerHour: fc.integer({ min: 200, max: 5000 }),
    });
    fc.assert(
      fc.property(options, (given) => {
        const { slots, trafficMs, compression, messages } = planScenario(given);
        expect(compression).to.be.within(1, MAX_COMPRESSION * 1.000001);
        expect(messages / (trafficMs / 1000)).to.be.at.most(100.000001);
        expect(compression * trafficMs).to.be.closeTo(given.hours * 3_600_000, 1);
        slots.forEach(({ fromMs }, index) => expect(fromMs).to.be.closeTo(slots[index - 1]?.toMs ?? 0, 1e-3));
        expect(slots.at(-1)!.toMs).to.be.closeTo(trafficMs, 1e-3);
      }),
    );
  });
});
