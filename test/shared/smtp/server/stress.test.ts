import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { byStanding, handshakeMs, mustGiveWay, timesAt } from '@mailpair/shared/smtp/server/stress';

const calm = { commandTimeoutMs: 300_000, messageTimeoutMs: 900_000 };
const share = fc.double({ min: 0, max: 1.5, noNaN: true });

describe('the time that clients are given', () => {
  it('is what is configured up to half of the sessions', () => {
    for (const isFavoured of [true, false])
      expect(timesAt(0.5, isFavoured, calm)).to.deep.equal({ commandMs: 300_000, turnMs: 1_800_000 });
  });

  it('is short for strangers when four fifths are in use, and unchanged for the others', () => {
    expect(timesAt(0.65, false, calm)).to.deep.equal({ commandMs: 155_000, turnMs: 960_000 });
    expect(timesAt(0.8, false, calm)).to.deep.equal({ commandMs: 10_000, turnMs: 120_000 });
    expect(timesAt(0.9, true, calm)).to.deep.equal({ commandMs: 300_000, turnMs: 1_800_000 });
    expect(timesAt(1, true, calm)).to.deep.equal({ commandMs: 60_000, turnMs: 600_000 });
  });

  it('is never more than is configured', () => {
    const short = { commandTimeoutMs: 1_000, messageTimeoutMs: 2_000 };
    expect(timesAt(1, false, short)).to.deep.equal({ commandMs: 1_000, turnMs: 5_000 });
  });

  it('never grows with the share, and is never more for a stranger', () => {
    const shrinks = fc.property(share, share, fc.boolean(), (one, other, isFavoured) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      const [early, late] = [timesAt(less, isFavoured, calm), timesAt(more, isFavoured, calm)];
      const stranger = timesAt(more, false, calm);
      return (
        late.commandMs <= early.commandMs &&
        late.turnMs <= early.turnMs &&
        stranger.commandMs <= late.commandMs &&
        stranger.turnMs <= late.turnMs &&
        handshakeMs(more) <= handshakeMs(less)
      );
    });
    fc.assert(shrinks);
  });
});

describe('who gives way', () => {
  const stranger = { isFavoured: false, progressAt: 0 };
  const favoured = { isFavoured: true, progressAt: 0 };

  it('is a stranger without progress for ten seconds, when nine tenths are in use', () => {
    expect(mustGiveWay(stranger, 0.9, 10_000)).to.equal(true);
    expect(mustGiveWay(stranger, 0.9, 9_999)).to.equal(false);
    expect(mustGiveWay(stranger, 0.89, 1e9)).to.equal(false);
  });

  it('is a favoured client without progress for five minutes, and for one when none is left', () => {
    expect(mustGiveWay(favoured, 1, 60_000)).to.equal(true);
    expect(mustGiveWay(favoured, 1, 59_999)).to.equal(false);
    expect(mustGiveWay(favoured, 0.9, 300_000)).to.equal(true);
    expect(mustGiveWay(favoured, 0.99, 299_999)).to.equal(false);
    expect(mustGiveWay(favoured, 0.89, 1e9)).to.equal(false);
  });

  it('is who has not come on for the longest, and strangers first', () => {
    const later = { isFavoured: false, progressAt: 5 };
    expect([favoured, later, stranger].sort(byStanding)).to.deep.equal([stranger, later, favoured]);
  });
});
