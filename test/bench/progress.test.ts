import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createProgress } from '../../bench/progress.ts';

describe('The time that a run of the bench has left', () => {
  function open(plannedSeconds: number) {
    const lines: string[] = [];
    let now = 1_000_000;
    const progress = createProgress(
      plannedSeconds,
      (line) => lines.push(line.slice(0, 5)),
      () => now,
    );
    return {
      progress,
      pass: (seconds: number) => void (now += seconds * 1000),
      left: () => (progress.tell('…'), lines.at(-1)),
    };
  }

  it('is what is planned, as long as nothing is done', () => {
    const { left, pass } = open(600);
    expect(left()).to.equal('10:00');
    pass(90);
    expect(left()).to.equal(' 8:30');
  });

  it('grows with the slowness of what is done', () => {
    const { progress, left, pass } = open(600);
    pass(400);
    progress.done(200);
    expect(left()).to.equal('13:20');
    pass(60);
    expect(left()).to.equal('12:20');
  });

  it('is never less than nothing', () => {
    const { left, pass } = open(10);
    pass(60);
    expect(left()).to.equal(' 0:00');
  });
});
