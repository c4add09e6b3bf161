/** One next hop with a long backlog, and the others. */
import { mock } from 'node:test';
import type { Dispatcher } from '@mailpair/shared/gateway/dispatch/dispatch';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dispatcherWith } from '../../../support/dispatcher.ts';
import { entryOf, receivedAt, recipientOf } from '../settle/entries.ts';
import { FakeAttempts, quiet } from './fake-attempts.ts';
import { MemorySpool } from './memory-spool.ts';

const SESSIONS = 2;
/** Attempts at a next hop that come from the spool. */
const MOST = 4 * SESSIONS;
const minute = 60_000;
const body: Body = { sizeBytes: 5, sha256: '', chunks: [Buffer.from('hello')], hops: 0, eightBit: false };

describe('The dispatcher, while one next hop has a long backlog', () => {
  let spool: MemorySpool;
  let attempts: FakeAttempts;
  let dispatcher: Dispatcher;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: receivedAt });
    spool = new MemorySpool();
    attempts = new FakeAttempts();
    dispatcher = dispatcherWith({
      settings: () =>
        ({ queue: { warnAfterMs: Infinity }, send: { connectionsPerHop: SESSIONS } }) as Settings,
      spool,
      attempts,
      retryAt: () => Date.now() + 60 * minute,
    });
  });

  afterEach(() => mock.timers.reset());

  const put = (domain: string, count: number, dueAt = receivedAt): void => {
    for (let n = 0; n < count; n += 1) {
      const id = `${domain}-${String(n).padStart(5, '0')}`;
      const recipients = [recipientOf({ address: `them@${domain}`, dueAt: dueAt + n })];
      spool.put(entryOf({ id, recipients }), body);
    }
  };
  const madeFor = (domain: string): number => attempts.made.filter((made) => made.domain === domain).length;
  const readOf = (domain: string): number => spool.read.filter((id) => id.startsWith(domain)).length;
  const pass = async (ms: number): Promise<void> => {
    mock.timers.tick(ms);
    for (let turns = 0; turns < 10; turns += 1) await quiet();
  };
  const start = async (): Promise<void> => {
    dispatcher.start();
    await pass(10_000);
  };

  it('begins no more there than it can use, and all that is due elsewhere', async () => {
    put('slow.example', 2_000);
    for (let n = 0; n < 50; n += 1) put(`${n}.example`, 2);
    await start();
    expect([madeFor('slow.example'), attempts.made.length]).to.deep.equal([MOST, MOST + 100]);
    expect(readOf('slow.example')).to.equal(MOST);
  });

  it('reads on there as attempts end, oldest first', async () => {
    put('slow.example', 40);
    await start();
    for (let ended = 0; spool.count() > 0 && ended < 40; ended += 1)
      await attempts.made[ended]!.end('relayed');
    expect(spool.count()).to.equal(0);
    expect(spool.read).to.deep.equal(spool.read.toSorted());
    expect(spool.read).to.have.length(40);
  });

  it('goes on there when it has answered, though what it said is not on disk yet', async () => {
    put('slow.example', 40);
    await start();
    const { promise, resolve } = Promise.withResolvers<void>();
    spool.gate = promise;
    for (const { end } of attempts.made.slice(0, MOST)) await end('relayed');
    expect([madeFor('slow.example'), spool.count()]).to.deep.equal([2 * MOST, 40]);
    resolve();
    await quiet();
    expect(spool.count()).to.equal(40 - MOST);
  });

  it('reads nothing of it while it rests, and one entry to see whether the rest has helped', async () => {
    const until = receivedAt + 10 * minute;
    attempts.outlooks.set('dead.example', { restsUntil: until, isDoubtful: true });
    put('dead.example', 500);
    put('live.example', 3);
    await start();
    await pass(9 * minute);
    expect([readOf('dead.example'), madeFor('live.example')]).to.deep.equal([0, 3]);
    await pass(minute);
    expect([readOf('dead.example'), madeFor('dead.example')]).to.deep.equal([1, 1]);
    attempts.outlooks.set('dead.example', { restsUntil: until + 10 * minute, isDoubtful: true });
    await attempts.made.at(-1)!.end('deferred');
    await pass(4 * minute);
    expect(readOf('dead.example')).to.equal(1);
  });

  it('begins with the rest as soon as it has been reached', async () => {
    attempts.outlooks.set('dead.example', { restsUntil: receivedAt + 10 * minute, isDoubtful: true });
    put('dead.example', 500);
    await start();
    await pass(10 * minute);
    attempts.outlooks.delete('dead.example');
    await attempts.made.at(-1)!.end('relayed');
    await quiet();
    expect(madeFor('dead.example')).to.equal(1 + MOST);
  });

  it('looks at what has waited there for long, slowly, for its senders may have to be told', async () => {
    attempts.answer = () => 'deferred';
    attempts.outlooks.set('dead.example', { restsUntil: receivedAt + 600 * minute, isDoubtful: true });
    put('dead.example', 500);
    await start();
    await pass(14 * minute);
    expect(readOf('dead.example')).to.equal(0);
    await pass(minute);
    expect(readOf('dead.example')).to.be.within(1, 50);
    for (let quarter = 0; quarter < 30; quarter += 1) await pass(250);
    expect(readOf('dead.example')).to.equal(500);
  });

  it('tries new mail for it at once, but where others wait no more than they have', async () => {
    put('slow.example', 100);
    await start();
    for (let n = 0; n < 100; n += 1) {
      const entry: Entry = entryOf({
        id: `new-${n}`,
        recipients: [recipientOf({ address: 'them@slow.example', dueAt: Date.now() })],
      });
      spool.put(entry, body);
      dispatcher.offer(entry, body);
    }
    expect(madeFor('slow.example')).to.equal(2 * MOST);
  });

  it('finds within some minutes what nobody told of', async () => {
    await start();
    put('found.example', 1, receivedAt + minute);
    await pass(9 * minute);
    expect(madeFor('found.example')).to.equal(0);
    await pass(minute);
    expect(madeFor('found.example')).to.equal(1);
  });

  it('says how long the oldest waits for its turn, which is not what it waits for a next hop', async () => {
    attempts.outlooks.set('dead.example', { restsUntil: receivedAt + 10 * minute, isDoubtful: true });
    put('dead.example', 5);
    await start();
    expect([dispatcher.oldestDueAt(true), dispatcher.oldestDueAt(false)]).to.deep.equal([
      receivedAt,
      Infinity,
    ]);
  });
});
