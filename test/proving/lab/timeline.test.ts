import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { Timeline } from '@mailpair/proving/lab/timeline';

describe('simulated time', () => {
  it('lets everything happen in order of time, and of planning within one moment', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 100 }), (delays) => {
        const timeline = new Timeline();
        const happened: [number, number][] = [];
        for (const [i, delay] of delays.entries())
          timeline.after(delay, () => happened.push([timeline.now, i]));
        timeline.run(20);
        const wanted = delays.map((delay, i) => [delay, i] as const);
        expect(happened).to.deep.equal(wanted.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
      }),
    );
  });

  it('goes no further than it is run', () => {
    const timeline = new Timeline();
    const at: number[] = [];
    timeline.every(10, () => at.push(timeline.now));
    timeline.run(35);
    expect([at, timeline.now]).to.deep.equal([[10, 20, 30], 35]);
    timeline.run(40);
    expect(at).to.deep.equal([10, 20, 30, 40]);
  });
});
