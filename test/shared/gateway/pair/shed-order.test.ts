import { ramp } from '@mailpair/shared/gateway/pair/admission';
import { allowanceOf, classToGoBy, shedBand, type Ranked } from '@mailpair/shared/gateway/pair/shed-order';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const [FROM, MIDDLE, LIMIT] = [0.7, 0.8, 0.9];

describe('the order in which clients are sent away', () => {
  const chance = (client: Ranked, load: number): number =>
    ramp(load, ...shedBand(client, FROM, MIDDLE, LIMIT));

  it('is strangers, those that move on, known senders, those that wait; whatever the load', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (load, isKnown) => {
        const order = [
          chance({ isKnown: false }, load),
          chance({ isKnown, class: 'moves' }, load),
          chance({ isKnown: true }, load),
          chance({ isKnown, class: 'waits' }, load),
        ];
        expect(order).to.deep.equal(order.toSorted((a, b) => b - a));
      }),
    );
  });

  it('spares those that wait while all that move on are sent away', () => {
    expect(chance({ isKnown: true, class: 'moves' }, 0.851)).to.equal(1);
    expect(chance({ isKnown: false, class: 'waits' }, 0.849)).to.equal(0);
    for (const does of ['unknown', 'moves', 'waits'] as const)
      expect(chance({ isKnown: true, class: does }, LIMIT), does).to.equal(1);
  });

  it('ignores in 5 % of the decisions what a sender does', () => {
    const ignored = Array.from({ length: 1_000 }, (_, n) => classToGoBy('waits', n / 1_000)).filter(
      (found) => found === 'unknown',
    );
    expect(ignored).to.have.length(50);
  });

  it('is that of what is scarce too, where those that move on get least', () => {
    const order = [
      allowanceOf({ isKnown: true, class: 'moves' }),
      allowanceOf({ isKnown: false }),
      allowanceOf({ isKnown: true }),
      allowanceOf({ isKnown: false, class: 'waits' }),
    ];
    for (const what of ['places', 'waiting'] as const) {
      const shares = order.map((each) => each[what]);
      expect(shares, what).to.deep.equal([...new Set(shares)].toSorted((a, b) => a - b));
    }
  });
});
