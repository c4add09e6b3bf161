import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drainPath } from '@mailpair/shared/gateway/pair/drain-file';
import { Draining, keptDrain } from '@mailpair/shared/gateway/compose/draining';
import type { Log } from '@mailpair/shared/platform/log/log';
import { SiblingSet, type Told } from '@mailpair/shared/gateway/workers/siblings';
import { onlyWorker } from '@mailpair/shared/gateway/workers/worker';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

describe('draining', () => {
  let spool: string;
  let now: number;
  let opened: Draining[];
  let doors: string[];
  let events: string[];
  let announced: number;

  const clock = { now: () => now };
  const note = (event: string): void => void events.push(event);
  const log = { info: note, error: note } as unknown as Log;
  const open = (worker: Pick<typeof onlyWorker, 'slot' | 'siblings'> = onlyWorker): Draining => {
    const draining = new Draining(
      {
        worker,
        spool,
        doors: {
          setDrained: (drained) => void doors.push(drained ? 'closed' : 'open'),
          endSessions: () => void doors.push('sessions end'),
        },
        usualMs: () => 15_000,
        changed: () => void (announced += 1),
        clock,
        log,
      },
      keptDrain(spool, now, log),
    );
    opened.push(draining);
    return draining;
  };

  beforeEach(() => {
    spool = mkdtempSync(join(tmpdir(), 'mailpair-draining-'));
    now = 1_000_000;
    opened = [];
    doors = [];
    events = [];
    announced = 0;
  });

  afterEach(() => {
    for (const draining of opened) draining.close();
    rmSync(spool, { recursive: true });
  });

  it('closes the doors when it is time, opens them when it ends, and tells the partners of both', () => {
    const draining = open();
    draining.begin({ closeAfterMs: 0 });
    expect([doors, announced, draining.drain?.since]).to.deep.equal([['closed'], 1, now]);
    expect(draining.end()).to.include({ since: now });
    expect([doors, announced, draining.drain]).to.deep.equal([['closed', 'open'], 2, null]);
    expect(draining.end()).to.equal(null);
    expect(events).to.deep.equal(['drain.begun', 'drain.closed', 'drain.ended']);
  });

  it('that was kept has the doors closed at the start, and none that is over', () => {
    open().begin({ closeAfterMs: 0, forMs: 5_000 });
    doors = [];
    expect(open().drain).to.include({ closesAt: now });
    expect(doors).to.deep.equal(['closed']);
    now += 5_000;
    expect(open().drain).to.equal(null);
  });

  it('is not begun where it cannot be kept', () => {
    const draining = open();
    mkdirSync(`${drainPath(spool)}.new`);
    expect(() => draining.begin({ closeAfterMs: 0 })).to.throw();
    expect([doors, announced, draining.drain]).to.deep.equal([[], 0, null]);
  });

  it('that cannot be read is told with the fix, and undone', () => {
    writeFileSync(drainPath(spool), 'nonsense');
    const draining = open();
    expect([draining.drain, events]).to.deep.equal([null, ['drain.file-fault']]);
    draining.end();
    expect(keptDrain(spool, now, log)).to.equal(null);
    expect(events).to.deep.equal(['drain.file-fault']);
  });

  it('reaches the other workers, which keep nothing', async () => {
    const sets: SiblingSet[] = [];
    for (const number of [0, 1])
      sets.push(new SiblingSet(number, (told: Told) => sets[1 - number]!.take(structuredClone(told))));
    const [face, other] = sets.map((siblings, number) => open({ slot: { number, of: 2 }, siblings }));
    for (const set of sets) set.start();
    const drain = face!.begin({ closeAfterMs: 0, forMs: 5_000 });
    const text = readFileSync(drainPath(spool), 'utf8');
    await new Promise((resolve) => setTimeout(resolve, 60)); // longer than workers gather news
    expect(other!.drain).to.deep.equal(drain);
    expect(doors).to.deep.equal(['closed', 'closed']);
    expect(readFileSync(drainPath(spool), 'utf8')).to.equal(text);
  });
});
