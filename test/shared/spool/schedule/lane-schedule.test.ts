import { LaneSchedule, type Lane } from '@mailpair/shared/spool/schedule/lane-schedule';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';

const anybody = (): boolean => true;

describe('LaneSchedule', () => {
  let schedule: LaneSchedule;

  beforeEach(() => {
    schedule = new LaneSchedule();
  });

  const next = (now = 100, mayGo: (submitter: string) => boolean = anybody): Lane =>
    schedule.next(now, mayGo) ?? expect.fail('no lane has its turn');

  it('gives out a lane when its first entry is due, once', () => {
    schedule.note('a.example anna', 50);
    expect(schedule.next(49, anybody)).to.equal(undefined);
    expect(schedule.nextAt).to.equal(50);
    expect(next(50)).to.include({
      name: 'a.example anna',
      domain: 'a.example',
      submitter: 'anna',
      dueAt: 50,
    });
    expect(schedule.next(50, anybody)).to.equal(undefined);
  });

  it('lets submitters take turns, and the lanes of each, whoever has more', () => {
    for (const [at, lane] of ['a x', 'b x', 'c x', 'a y', 'b y', 'a z'].entries()) schedule.note(lane, at);
    const turns: string[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      const lane = next();
      turns.push(lane.name);
      schedule.again(lane);
    }
    expect(turns).to.deep.equal(['a x', 'a y', 'a z', 'b x', 'b y', 'a z', 'c x', 'a y', 'a z']);
  });

  it('passes over a submitter that may not go, and comes back to it', () => {
    for (const lane of ['a x', 'a y']) schedule.note(lane, 1);
    expect(next(100, (submitter) => submitter !== 'x').name).to.equal('a y');
    expect(schedule.hasReady).to.equal(true);
    expect(next().name).to.equal('a x');
    expect(schedule.hasReady).to.equal(false);
  });

  it('forgets a lane with nothing in it, and learns of it again', () => {
    schedule.note('a x', 1);
    schedule.later(next(), Infinity);
    expect([schedule.size, schedule.nextAt]).to.deep.equal([0, Infinity]);
    schedule.note('a x', 2);
    expect(next().name).to.equal('a x');
  });

  it('reads on where it was, and from the beginning when something earlier has come', () => {
    schedule.note('a x', 10);
    let lane = next();
    [lane.after, lane.dueAt] = ['key', 20];
    schedule.again(lane);
    schedule.note('a x', 30);
    lane = next();
    expect(lane.after).to.equal('key');
    schedule.again(lane);
    schedule.note('a x', 15);
    expect(next()).to.include({ after: undefined, dueAt: 15 });
  });

  it('lets a lane wait for its next hop until there is room, in the order they came, or until its time', () => {
    for (const [at, name] of ['a x', 'b x', 'c x'].entries()) schedule.note(name, at);
    for (let lane = schedule.next(2, anybody); lane; lane = schedule.next(2, anybody))
      schedule.wait(lane, 'hop', 60);
    expect([schedule.waitsFor('hop'), schedule.waitsFor('other'), schedule.nextAt]).to.deep.equal([
      true,
      false,
      60,
    ]);
    schedule.freed('other', 3);
    expect(schedule.next(2, anybody)).to.equal(undefined);
    schedule.freed('hop', 2);
    expect([next(2).name, next(2).name]).to.deep.equal(['a x', 'b x']);
    expect(schedule.next(2, anybody)).to.equal(undefined);
    expect(next(60).name).to.equal('c x');
  });

  it('looks at a lane that waits when something earlier comes into it, as when the operator says retry', () => {
    schedule.note('a x', 10);
    schedule.wait(next(), 'hop', 600);
    schedule.note('a x', 20);
    expect(next(20).name).to.equal('a x');
  });

  it('knows since when the oldest waits, for its turn or for whatever', () => {
    schedule.note('a x', 10);
    schedule.note('b x', 20);
    expect([schedule.oldestDueAt(true), schedule.oldestDueAt(false)]).to.deep.equal([10, Infinity]);
    schedule.wait(next(), 'hop', 600);
    expect([schedule.oldestDueAt(true), schedule.oldestDueAt(false)]).to.deep.equal([10, 20]);
  });
});
