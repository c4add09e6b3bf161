import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  largest,
  loadOf,
  partsOf,
  partsOfAll,
  smooth,
  type LoadFacts,
} from '@mailpair/shared/gateway/pair/load';

const idle: LoadFacts = {
  sessions: 0,
  eventLoop: 0,
  memoryUsed: 0,
  descriptorsUsed: 0,
  slowestCommitMs: 0,
  submissions: { waitMs: 0, fullMs: 250 },
  oldestDueMs: 0,
  freeBytes: 1e12,
  minFreeBytes: 1e8,
  localServers: { down: 0, latencyMs: 0, patienceMs: 60_000 },
};

const loadWith = (facts: Partial<LoadFacts>) => loadOf(partsOf({ ...idle, ...facts }));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const anyFacts: fc.Arbitrary<LoadFacts> = fc.record({
  sessions: share,
  eventLoop: share,
  cpuPressure: fc.option(share, { nil: undefined }),
  ioPressure: fc.option(share, { nil: undefined }),
  memoryPressure: fc.option(share, { nil: undefined }),
  memoryUsed: fc.double({ min: 0, max: 3, noNaN: true }),
  descriptorsUsed: share,
  slowestCommitMs: fc.nat(100_000),
  submissions: fc.record({ waitMs: fc.nat(100_000), fullMs: fc.nat(1_000) }),
  oldestDueMs: fc.integer({ min: -1_000, max: 1e9 }),
  freeBytes: fc.nat(),
  minFreeBytes: fc.nat(),
  localServers: fc.record({
    down: share,
    latencyMs: fc.nat(100_000),
    patienceMs: fc.integer({ min: 1, max: 1e6 }),
  }),
});

describe('the load of a gateway', () => {
  it('is near 0 when it has nothing to do', () => {
    expect(loadWith({}).value).to.be.below(0.001);
  });

  it('is that of its largest part', () => {
    const { value, parts } = loadWith({ sessions: 0.4, eventLoop: 0.7 });
    expect(value).to.equal(0.7);
    expect(parts).to.include({ sessions: 0.4, eventLoop: 0.7 });
  });

  const full: [string, Partial<LoadFacts>, number][] = [
    ['as many sessions as are allowed', { sessions: 1 }, 1],
    ['a process that never sleeps', { eventLoop: 1 }, 1],
    ['a commit that takes a second', { slowestCommitMs: 1_000 }, 1],
    ['submissions that wait as long as is configured', { submissions: { waitMs: 250, fullMs: 250 } }, 1],
    ['submissions that wait half as long', { submissions: { waitMs: 125, fullMs: 250 } }, 0.5],
    ['submissions whose wait does not count', { submissions: { waitMs: 9_000, fullMs: 0 } }, 0],
    ['an entry that is half an hour late', { oldestDueMs: 30 * 60_000 }, 1],
    ['no more disk than the reserve', { freeBytes: 1e8 }, 1],
    ['five quarters of the reserve', { freeBytes: 1.25e8 }, 0.8],
    ['tasks that wait for memory a quarter of the time', { memoryPressure: 0.25 }, 1],
    ['nine tenths of its memory used', { memoryUsed: 0.9, memoryPressure: 0.1 }, 0.9],
    ['nine tenths of the files open that it may have', { descriptorsUsed: 0.9 }, 0.9],
    ['more memory used than it may have', { memoryUsed: 1.2 }, 1],
    ['tasks that always wait for the CPU', { cpuPressure: 1 }, 0.75],
    ['tasks that always wait for the disk', { ioPressure: 1 }, 0.75],
    ['local servers that are all down', { localServers: { down: 1, latencyMs: 0, patienceMs: 60_000 } }, 0.9],
    [
      'local servers half as slow as we wait',
      { localServers: { down: 0, latencyMs: 30_000, patienceMs: 60_000 } },
      0.5,
    ],
  ];
  for (const [what, facts, value] of full)
    it(`is ${value} with ${what}`, () => expect(loadWith(facts).value).to.equal(value));

  it('does without what the host does not tell', () => {
    expect(loadWith({}).parts).to.not.have.any.keys('cpu', 'io');
    expect(loadWith({ cpuPressure: 0.2 }).parts).to.include({ cpu: 0.15 });
  });

  it('has no part for the disk when no reserve is kept', () => {
    expect(loadWith({ minFreeBytes: 0, freeBytes: 0 }).parts['disk']).to.equal(0);
  });

  it('has parts from 0 to 1 whatever is measured, and is never below any of them', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { value, parts } = loadOf(partsOf(facts));
        for (const part of Object.values(parts)) {
          expect(part).to.be.within(0, 1);
          expect(value).to.be.at.least(part);
        }
      }),
    );
  });
});

describe('the average of the load', () => {
  it('begins with what is measured first', () => {
    expect(smooth({}, { sessions: 0.6 }, 500)).to.deep.equal({ sessions: 0.6 });
  });

  it('is half-way after a second and a half, and nearly there after ten', () => {
    const after = (ms: number): number => smooth({ sessions: 0 }, { sessions: 1 }, ms).sessions!;
    expect(after(1_386)).to.be.closeTo(0.5, 0.001);
    expect(after(10_000)).to.be.above(0.99);
  });

  it('does not depend on how often is measured', () => {
    const steps = Array.from({ length: 10 }).reduce<{ sessions?: number }>(
      (parts) => smooth(parts, { sessions: 1 }, 100),
      { sessions: 0 },
    );
    expect(steps.sessions).to.be.closeTo(smooth({ sessions: 0 }, { sessions: 1 }, 1_000).sessions!, 1e-9);
  });

  it('lies between what was and what is', () => {
    fc.assert(
      fc.property(share, share, fc.nat(10_000), (before, now, elapsed) => {
        const { io } = smooth({ io: before }, { io: now }, elapsed);
        expect(io).to.be.within(Math.min(before, now) - 1e-9, Math.max(before, now) + 1e-9);
      }),
    );
  });

  it('forgets a part that is no longer told', () => {
    expect(smooth({ io: 1, sync: 1 }, { sync: 1 }, 500)).to.deep.equal({ sync: 1 });
  });
});

describe('the largest part', () => {
  it('is that of all parts, or of those that are asked for', () => {
    expect(largest({ io: 0.9, sync: 0.2 })).to.equal(0.9);
    expect(largest({ io: 0.9, sync: 0.2 }, ['sync', 'memory'])).to.equal(0.2);
    expect(largest({})).to.equal(0);
  });

  it('of several processes is the largest of each part, and the mean of their event loops', () => {
    const all = [
      { eventLoop: 0.9, sync: 0.1 },
      { eventLoop: 0.1, sync: 0.5, cpu: 0.2 },
    ];
    expect(partsOfAll(all)).to.deep.equal({ eventLoop: 0.5, sync: 0.5, cpu: 0.2 });
    const one = partsOf({ ...idle, eventLoop: 0.25 });
    expect(partsOfAll([one])).to.deep.equal(one);
  });
});
