import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { Machine } from '@mailpair/proving/lab/machine';
import { Timeline } from '@mailpair/proving/lab/timeline';

interface Job {
  readonly atMs: number;
  readonly workMs: number;
}

function simulated(jobs: readonly Job[], cores: number): { ends: number[]; utilization: number } {
  const timeline = new Timeline();
  const machine = new Machine(timeline, cores);
  const ends: number[] = [];
  for (const [i, { atMs, workMs }] of jobs.entries())
    timeline.after(atMs, () => machine.run(workMs, () => (ends[i] = timeline.now)));
  timeline.run(10_000);
  return { ends, utilization: machine.takeUtilization() };
}

/** In steps of a thousandth of a millisecond. */
function inSteps(jobs: readonly Job[], cores: number): number[] {
  const STEP = 0.001;
  const left = jobs.map(({ workMs }) => workMs);
  const ends: number[] = [];
  for (let now = 0; ends.filter((end) => end !== undefined).length < jobs.length; now += STEP) {
    const present = jobs.flatMap(({ atMs }, i) => (atMs <= now && ends[i] === undefined ? [i] : []));
    const speed = Math.min(1, cores, cores / present.length);
    for (const i of present) if ((left[i]! -= STEP * speed) <= 1e-9) ends[i] = now + STEP;
  }
  return ends;
}

describe('a simulated processor', () => {
  it('shares itself equally among its tasks', () => {
    expect(simulated([{ atMs: 0, workMs: 10 }], 1).ends).to.deep.equal([10]);
    const two = [
      { atMs: 0, workMs: 10 },
      { atMs: 5, workMs: 10 },
    ];
    expect(simulated(two, 1).ends).to.deep.equal([15, 20]);
    expect(simulated(two, 2).ends).to.deep.equal([10, 15]);
    expect(simulated(two, 0.5).ends).to.deep.equal([35, 40]);
  });

  it('ends every task when a simulation in small steps ends it', () => {
    const job = fc.record({ atMs: fc.nat(10), workMs: fc.integer({ min: 1, max: 10 }) });
    fc.assert(
      fc.property(
        fc.array(job, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(0.5, 1, 2),
        (jobs, cores) => {
          const stepped = inSteps(jobs, cores);
          for (const [i, end] of simulated(jobs, cores).ends.entries())
            expect(end).to.be.closeTo(stepped[i]!, 0.1);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('knows the share of the time in which it worked', () => {
    expect(simulated([{ atMs: 0, workMs: 1_000 }], 1).utilization).to.be.closeTo(0.1, 1e-9);
    expect(simulated([{ atMs: 0, workMs: 1_000 }], 2).utilization).to.be.closeTo(0.05, 1e-9);
    expect(simulated([{ atMs: 0, workMs: 1_000 }], 0.5).utilization).to.be.closeTo(0.2, 1e-9);
  });
});
