import { expect } from 'chai';
import { describe, it } from 'mocha';
import { SubmissionWait } from '@mailpair/shared/gateway/pair/submission-wait';

describe('the wait of submissions', () => {
  let now = 0;
  const waitOf = (...samples: readonly number[]): SubmissionWait => {
    const wait = new SubmissionWait({ now: () => now });
    for (const ms of samples) wait.note(ms);
    return wait;
  };

  it('is the median, which one slow commit does not move', () => {
    expect(waitOf(5, 7, 2_000, 6).medianMs()).to.equal(6);
    expect(waitOf(300, 310, 5).medianMs()).to.equal(300);
    expect(waitOf(40).medianMs()).to.equal(40);
  });

  it('is nothing without submissions, and when the last was five seconds ago', () => {
    expect(waitOf().medianMs()).to.equal(0);
    const wait = waitOf(300);
    now += 5_000;
    expect(wait.medianMs()).to.equal(300);
    now += 1;
    expect(wait.medianMs()).to.equal(0);
  });

  it('is that of the last five hundred', () => {
    expect(waitOf(...Array<number>(500).fill(300), ...Array<number>(500).fill(10)).medianMs()).to.equal(10);
  });

  it('is never negative, though a clock may be set back', () => {
    expect(waitOf(-50).medianMs()).to.equal(0);
  });
});
