import { expect } from 'chai';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import {
  afterBeat,
  afterSilence,
  excuse,
  firstPulse,
  type Pulse,
} from '@mailpair/shared/gateway/pair/partner-pulse';

const rules = { intervalMs: 1_000, deadAfterMs: 5_000 };

/** Looks every 100 ms up to `to`, with beats at the times given. @returns each state with the time it began */
function follow(to: number, beats: readonly number[], pulse: Pulse = firstPulse(0)): string[] {
  const seen: string[] = [];
  for (let now = 0; now <= to; now += 100) {
    const before = pulse.state;
    if (beats.includes(now)) pulse = afterBeat(pulse, now);
    pulse = afterSilence(pulse, now, rules);
    if (pulse.state !== before) seen.push(`${now} ${pulse.state}`);
  }
  return seen;
}

describe('the pulse of a partner', () => {
  it('is alive with the first beat', () => {
    expect(follow(3_000, [1_000, 2_000, 3_000])).to.deep.equal(['1000 alive']);
  });

  it('is suspect when one beat is missed, and alive with the next', () => {
    expect(follow(5_000, [1_000, 4_000, 5_000])).to.deep.equal(['1000 alive', '3000 suspect', '4000 alive']);
  });

  it('is dead when no beat came for deadAfter, whether it ever lived or not', () => {
    expect(follow(7_000, [1_000])).to.deep.equal(['1000 alive', '3000 suspect', '6000 dead']);
    expect(follow(7_000, [])).to.deep.equal(['5000 dead']);
  });

  it('needs two beats to live again', () => {
    const seen = follow(12_000, [1_000, 9_000, 10_000, 11_000, 12_000]);
    expect(seen).to.deep.equal(['1000 alive', '3000 suspect', '6000 dead', '9000 suspect', '10000 alive']);
  });

  it('is dead again when the second of them does not come', () => {
    expect(follow(15_000, [1_000, 9_000])).to.deep.equal([
      '1000 alive',
      '3000 suspect',
      '6000 dead',
      '9000 suspect',
      '14000 dead',
    ]);
  });

  it('remembers since when it is lost until it is alive', () => {
    const alive = afterBeat(firstPulse(0), 1_000);
    const dead = afterSilence(afterSilence(alive, 3_000, rules), 7_000, rules);
    expect(dead).to.include({ state: 'dead', lostSince: 1_000 });
    const back = afterBeat(dead, 9_000);
    expect(back).to.include({ state: 'suspect', lostSince: 1_000 });
    expect(afterBeat(back, 10_000)).to.include({ state: 'alive', lostSince: null });
  });

  it('does not hold against it the time in which nobody listened', () => {
    const alive = afterBeat(firstPulse(0), 1_000);
    expect(afterSilence(excuse(alive, 60_000), 61_500, rules).state).to.equal('alive');
  });

  it('is never dead within deadAfter of a beat, and always after it', () => {
    const times = fc.array(fc.nat(300), { maxLength: 40 });
    fc.assert(
      fc.property(times, (beats) => {
        let pulse = firstPulse(0);
        let last = 0;
        for (let step = 0; step <= 300; step += 1) {
          const now = step * 100;
          if (beats.includes(step)) [pulse, last] = [afterBeat(pulse, now), now];
          pulse = afterSilence(pulse, now, rules);
          expect(pulse.state === 'dead').to.equal(now - last >= rules.deadAfterMs);
        }
      }),
    );
  });
});
