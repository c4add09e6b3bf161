import { expect } from 'chai';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { isStale, MAX_SKEW_MS, ReplayGuard } from '@mailpair/shared/gateway/pair/partner-replay';

describe('the replay guard', () => {
  it('admits what comes in order', () => {
    const guard = new ReplayGuard();
    expect([1, 2, 5].map((number) => guard.admits('a', 'run', number))).to.deep.equal([true, true, true]);
  });

  it('admits no beat twice, nor one that is older than the last', () => {
    const guard = new ReplayGuard();
    guard.admits('a', 'run', 5);
    expect([5, 4, 6, 6].map((number) => guard.admits('a', 'run', number))).to.deep.equal([
      false,
      false,
      true,
      false,
    ]);
  });

  it('admits nothing of a run that another has followed', () => {
    const guard = new ReplayGuard();
    guard.admits('a', 'first', 5);
    expect(guard.admits('a', 'second', 1)).to.equal(true);
    expect(guard.admits('a', 'first', 6)).to.equal(false);
    expect(guard.admits('a', 'second', 2)).to.equal(true);
  });

  it('keeps senders apart', () => {
    const guard = new ReplayGuard();
    guard.admits('a', 'run', 5);
    expect(guard.admits('b', 'run', 1)).to.equal(true);
  });

  it('admits every beat at most once, in whatever order and however often they are brought', () => {
    const beat = fc.record({ sender: fc.constantFrom('a', 'b'), run: fc.nat(5), number: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(beat, { maxLength: 200 }), (beats) => {
        const guard = new ReplayGuard();
        const admitted = beats
          .filter(({ sender, run, number }) => guard.admits(sender, String(run), number))
          .map((each) => JSON.stringify(each));
        expect(new Set(admitted).size).to.equal(admitted.length);
      }),
    );
  });

  it('takes a beat for stale when the clocks are more than five minutes apart, either way', () => {
    const now = 1_798_761_600_000;
    const ages = [0, MAX_SKEW_MS, -MAX_SKEW_MS, MAX_SKEW_MS + 1, -MAX_SKEW_MS - 1];
    expect(ages.map((age) => isStale(now - age, now))).to.deep.equal([false, false, false, true, true]);
  });
});
