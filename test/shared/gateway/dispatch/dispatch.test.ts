import { mock } from 'node:test';
import type { Dispatcher } from '@mailpair/shared/gateway/dispatch/dispatch';
import type { Entry, RecipientState } from '@mailpair/shared/platform/values/entry';
import { SpoolFullError } from '@mailpair/shared/spool/store/spool';
import type { Notice } from '@mailpair/shared/gateway/settle/notice';
import { silentLog } from '@mailpair/shared/platform/log/log';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Body } from '@mailpair/shared/platform/values/body';
import { replies } from '@mailpair/shared/platform/values/reply';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dispatcherWith } from '../../../support/dispatcher.ts';
import { entryOf, receivedAt, recipientOf } from '../settle/entries.ts';
import { FakeAttempts, quiet } from './fake-attempts.ts';
import { MemorySpool } from './memory-spool.ts';

const minute = 60_000;
const pause = 10 * minute;

const body: Body = { sizeBytes: 5, sha256: '', chunks: [Buffer.from('hello')], hops: 0, eightBit: false };
const queued = (id: string, changes: Partial<Entry> = {}): Entry => entryOf({ id, ...changes });
const to = (...addresses: string[]): RecipientState[] => addresses.map((address) => recipientOf({ address }));

describe('The dispatcher', () => {
  let spool: MemorySpool;
  let attempts: FakeAttempts;
  let dispatcher: Dispatcher;
  let notices: Notice[];
  let notifyFaults: Error[];
  let errors: string[];
  /** How far the clock is ahead of the timers. */
  let aheadMs: number;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: receivedAt });
    spool = new MemorySpool();
    attempts = new FakeAttempts();
    notices = [];
    notifyFaults = [];
    errors = [];
    aheadMs = 0;
    dispatcher = dispatcherWith({
      settings: () =>
        ({ queue: { warnAfterMs: 240 * minute }, send: { connectionsPerHop: 1_000 } }) as Settings,
      spool,
      attempts,
      async notify(about, notice) {
        const fault = notifyFaults.shift();
        if (fault) throw fault;
        notices.push(notice);
        const dsn = queued(`dsn-${about.id}-${notices.length}`, {
          reversePath: '',
          recipients: to(about.reversePath),
        });
        await spool.add(dsn, body);
        return dsn;
      },
      retryAt: (count) => Date.now() + count * pause,
      clock: { now: () => Date.now() + aheadMs },
      log: { ...silentLog, error: (event) => void errors.push(event) },
    });
  });

  afterEach(() => mock.timers.reset());

  /** As the intake does it: on disk first, then offered. */
  const offer = async (entry: Entry): Promise<void> => {
    await spool.add(entry, body);
    dispatcher.offer(entry, body);
    await quiet();
  };

  const pass = async (ms: number): Promise<void> => {
    mock.timers.tick(ms);
    await quiet();
  };

  /** The only attempt so far, or the one with this number. */
  const attempt = (number = 1) => attempts.made[number - 1] ?? expect.fail(`there was no attempt ${number}`);

  const recipient = (id: string, address: string): RecipientState =>
    spool.get(id)?.recipients.find((found) => found.address === address) ??
    expect.fail(`${id} has no ${address}`);

  describe('attempts', () => {
    beforeEach(() => dispatcher.start());

    it('an entry at once with the body from memory', async () => {
      await offer(queued('1'));
      expect(attempt().outgoing.body).to.equal(body);
      await attempt().end('relayed');
      expect(spool.calls).to.deep.equal(['add 1', 'remove 1']);
      expect(dispatcher.active).to.equal(0);
    });

    it('a body in memory that is used again, which it holds until the attempt is settled', async () => {
      let holders = 1;
      const loan = { hold: () => void (holders += 1), letGo: () => void (holders -= 1) };
      const lent = { ...body, loan };
      await spool.add(queued('1'), lent);
      dispatcher.offer(queued('1'), lent);
      await quiet();
      expect([attempt().outgoing.body, holders]).to.deep.equal([lent, 2]);
      await attempt().end('bounced');
      expect(holders).to.equal(1);
      const [recipient] = queued('2').recipients;
      await spool.add(queued('2'), lent);
      const bounce = { recipient: recipient!.address, kind: 'bounced', reply: replies.relayDenied } as const;
      dispatcher.settle(queued('2'), [bounce], lent);
      expect(holders).to.equal(2);
      await quiet();
      expect(notices.map(({ kind }) => kind)).to.deep.equal(['failed', 'failed']);
      expect(holders).to.equal(1);
    });

    it('a deferred entry again when it is due, and not before', async () => {
      await offer(queued('1'));
      await attempt().end('deferred');
      expect(recipient('1', 'user@example.net')).to.include({ attempts: 1, dueAt: receivedAt + pause });
      await pass(pause - 1);
      expect(attempts.made).to.have.length(1);
      await pass(1);
      expect(attempts.made).to.have.length(2);
      await attempt(2).end('relayed');
      expect(spool.count()).to.equal(0);
    });

    it('what was in the spool at the start', async () => {
      await dispatcher.close();
      spool.put(queued('1'), body);
      dispatcher.start();
      await quiet();
      expect(attempt().recipients).to.deep.equal(['user@example.net']);
      expect(spool.calls).to.deep.equal(['body 1']);
    });

    it('only the recipients that are due', async () => {
      const [now, then] = to('now@example.net', 'then@example.net');
      await offer(queued('1', { recipients: [now!, { ...then!, dueAt: receivedAt + minute }] }));
      expect(attempt().recipients).to.deep.equal(['now@example.net']);
    });

    it('an entry once, though the spool gives it before it is offered', async () => {
      spool.put(queued('1'), body);
      dispatcher.wake(queued('1'));
      await pass(0);
      dispatcher.offer(queued('1'), body);
      await quiet();
      expect(attempts.made).to.have.length(1);
    });

    it('nothing while the entry is being attempted already', async () => {
      await offer(queued('1'));
      dispatcher.wake(queued('1'));
      await pass(minute);
      await offer(queued('2'));
      await pass(minute);
      expect(attempts.made).to.have.length(2);
      expect(attempts.mostUnderWay).to.equal(1);
    });

    it('what is due in the spool when a full house empties without a word from it', async () => {
      await offer(queued('late'));
      await attempt().end('deferred');
      const busy = Array.from({ length: 600 }, (_, i) =>
        queued(`busy-${i}`, { recipients: to(`them@${i % 2}.example`) }),
      );
      for (const entry of busy) await spool.add(entry, body);
      for (const entry of busy) dispatcher.offer(entry, body);
      await pass(pause); // `late` is due, and there is no room to look for it
      expect(attempts.made).to.have.length(601);
      await Promise.all(attempts.made.slice(1).map((made) => made.end('relayed')));
      expect(attempts.made).to.have.length(602);
      await attempt(602).end('relayed');
      expect(spool.count()).to.equal(0);
    });

    it('a due entry within a minute though the clock has jumped ahead of the timers', async () => {
      await offer(queued('1'));
      await attempt().end('deferred');
      aheadMs = pause;
      await pass(minute);
      expect(attempts.made).to.have.length(2);
    });
  });

  it('works off from the spool what there was no room for in memory', async () => {
    for (let i = 0; i < 2_500; i += 1) spool.put(queued(`id-${i}`), body);
    dispatcher.start();
    await quiet();
    expect(dispatcher.active).to.equal(1_000);
    dispatcher.offer(queued('id-2499'), body);
    expect(dispatcher.active).to.equal(1_000);
    for (let ended = 0; spool.count() > 0 && ended < 2_500;) {
      const under = attempts.made.slice(ended);
      expect(under.length).to.be.within(1, 1_000);
      ended += under.length;
      await Promise.all(under.map((made) => made.end('relayed')));
      expect(dispatcher.active).to.be.at.most(1_000);
    }
    expect(spool.count()).to.equal(0);
    expect(attempts.made).to.have.length(2_500);
    expect(spool.largestDue).to.be.at.most(10);
    expect(spool.read).to.have.length.at.most(2_600);
  });

  describe('settles', () => {
    beforeEach(() => dispatcher.start());

    it('a bounce by a DSN on disk before the entry goes', async () => {
      await offer(queued('1'));
      await attempt().end('bounced');
      expect(spool.calls).to.deep.equal(['add 1', 'add dsn-1-1', 'remove 1']);
      expect(notices.map(({ kind }) => kind)).to.deep.equal(['failed']);
    });

    it('and attempts the DSN without further ado', async () => {
      await offer(queued('1'));
      await attempt().end('bounced');
      await pass(0);
      expect(attempt(2).recipients).to.deep.equal(['sender@example.com']);
    });

    it('the groups of one entry one after the other, and loses no outcome', async () => {
      await offer(queued('1', { recipients: to('a@a.example', 'b@b.example', 'c@c.example') }));
      const gate = Promise.withResolvers<void>();
      spool.gate = gate.promise;
      const [a, b, c] = attempts.made;
      await Promise.all([a!.end('relayed'), b!.end('deferred'), c!.end('relayed')]);
      expect(spool.calls.filter((call) => call === 'update 1')).to.have.length(1);
      gate.resolve();
      await quiet();
      expect(spool.get('1')?.recipients.map(({ status }) => status)).to.deep.equal([
        'relayed',
        'queued',
        'relayed',
      ]);
    });

    it('what a group was answered though settling another one failed', async () => {
      await offer(queued('1', { recipients: to('a@a.example', 'b@b.example') }));
      notifyFaults = [new SpoolFullError('full')];
      const [a, b] = attempts.made;
      await a!.end('bounced');
      await b!.end('relayed');
      expect(recipient('1', 'b@b.example').status).to.equal('relayed');
      expect(recipient('1', 'a@a.example').status).to.equal('queued');
    });

    it('a relayed recipient though no bounce can be queued for another, and bounces that one later', async () => {
      await offer(queued('1', { recipients: to('a@example.net', 'b@example.net') }));
      notifyFaults = [new SpoolFullError('full')];
      await attempt().end({ 'a@example.net': 'relayed', 'b@example.net': 'bounced' });
      expect(errors).to.deep.equal(['dsn.fault']);
      expect(recipient('1', 'a@example.net').status).to.equal('relayed');
      expect(recipient('1', 'b@example.net')).to.include({ status: 'queued', dueAt: receivedAt + pause });
      await pass(pause);
      expect(attempt(2).recipients).to.deep.equal(['b@example.net']);
      await attempt(2).end('bounced');
      expect(notices.map(({ kind, recipients }) => [kind, recipients.length])).to.deep.equal([['failed', 1]]);
      expect(spool.get('1')).to.equal(undefined);
    });

    it('nothing when nothing was learnt elsewhere, and attempts the entry when it is due', async () => {
      const entry = queued('1', { recipients: [{ ...recipientOf(), dueAt: receivedAt + minute }] });
      await spool.add(entry, body);
      dispatcher.settle(entry, [], body);
      await pass(minute);
      expect(spool.calls).to.deep.equal(['add 1', 'body 1']);
      expect(attempts.made).to.have.length(1);
    });

    it('outcomes that were learnt elsewhere', async () => {
      const entry = queued('1', {
        recipients: [...to('no@example.net'), { ...recipientOf(), dueAt: receivedAt + pause }],
      });
      await spool.add(entry, body);
      const reply = { code: 550, enhanced: '5.1.1', text: 'No' };
      dispatcher.settle(entry, [{ recipient: 'no@example.net', kind: 'bounced', reply }], body);
      await quiet();
      expect(notices.flatMap(({ recipients }) => recipients.map(({ address }) => address))).to.deep.equal([
        'no@example.net',
      ]);
      expect(recipient('1', 'no@example.net').status).to.equal('bounced');
      await pass(pause);
      expect(attempts.made.map(({ recipients }) => recipients.join())).to.include('user@example.net');
    });

    it('without sending the relayed recipient again when the spool fails once', async () => {
      await offer(queued('1', { recipients: to('a@a.example', 'b@b.example') }));
      spool.faults = [new Error('Input/output error')];
      await attempt(1).end('relayed');
      await attempt(2).end('deferred');
      expect(recipient('1', 'a@a.example').status).to.equal('queued');
      await pass(5_000);
      expect(recipient('1', 'a@a.example').status).to.equal('relayed');
      expect(recipient('1', 'b@b.example')).to.include({ status: 'queued', attempts: 1 });
      await pass(pause);
      await attempt(3).end('relayed');
      expect(attempts.made.map(({ domain }) => domain)).to.deep.equal([
        'a.example',
        'b.example',
        'b.example',
      ]);
      expect(spool.count()).to.equal(0);
    });
  });

  describe('when something is wrong on our side', () => {
    it('leaves a damaged entry to the spool and goes on with others', async () => {
      for (const id of ['1', '2', '3']) spool.put(queued(id), body);
      spool.damagedIds.add('2');
      dispatcher.start();
      await quiet();
      await Promise.all(attempts.made.map((made) => made.end('relayed')));
      expect(attempts.made).to.have.length(2);
      expect(errors).to.deep.equal([]); // the spool says so itself
      expect([...spool.entries.keys()]).to.deep.equal([]);
      expect(dispatcher.active).to.equal(0);
    });

    it('tries again later what cannot be read', async () => {
      spool.entries.set('1', queued('1'));
      dispatcher.start();
      await quiet();
      expect(errors).to.deep.equal(['attempt.fault']);
      spool.put(spool.get('1')!, body);
      await pass(29_999);
      expect(attempts.made).to.have.length(0);
      await pass(1);
      expect(attempts.made).to.have.length(1);
    });

    it('waits for the other groups of an entry when one attempt ends as none should', async () => {
      dispatcher.start();
      await offer(queued('1', { recipients: to('a@a.example', 'b@b.example') }));
      await attempt(1).fail(new Error('a fault in this program'));
      expect(dispatcher.isActive('1')).to.equal(true);
      await pass(minute);
      expect(attempts.made).to.have.length(2);
      await attempt(2).end('relayed');
      expect(errors).to.deep.equal(['attempt.fault']);
      expect(recipient('1', 'b@b.example').status).to.equal('relayed');
      expect(recipient('1', 'a@a.example')).to.include({ status: 'queued', attempts: 0 });
      await pass(minute);
      expect(attempt(3).recipients).to.deep.equal(['a@a.example']);
    });

    it('looks at the spool again after it could not be read', async () => {
      spool.put(queued('1'), body);
      const { due } = spool;
      spool.due = () => expect.fail('Input/output error');
      dispatcher.start();
      await quiet();
      expect(errors).to.deep.equal(['spool.fault']);
      spool.due = due;
      await pass(30_000);
      expect(attempts.made).to.have.length(1);
    });
  });

  describe('lets the operator', () => {
    beforeEach(() => dispatcher.start());

    it('hold an entry during an attempt, and the settlement keeps it held', async () => {
      await offer(queued('1'));
      await dispatcher.change('1', (entry) => ({ ...entry, held: true }));
      await attempt().end('deferred');
      expect(spool.get('1')).to.include({ held: true });
      expect(recipient('1', 'user@example.net').attempts).to.equal(1);
      await pass(pause);
      expect(attempts.made).to.have.length(1);
    });

    it('hold an entry that falls due while the hold is being written', async () => {
      await offer(queued('1'));
      await attempt().end('deferred');
      await pass(pause - 1);
      const gate = Promise.withResolvers<void>();
      spool.gate = gate.promise;
      const held = dispatcher.change('1', (entry) => ({ ...entry, held: true }));
      await pass(minute);
      gate.resolve();
      await held;
      await pass(minute);
      expect(attempts.made).to.have.length(1);
      expect(spool.get('1')).to.include({ held: true });
    });

    it('remove an entry during an attempt, which then changes and tells nothing', async () => {
      await offer(queued('1'));
      const before = await dispatcher.change('1', () => null);
      expect(before?.id).to.equal('1');
      expect(spool.count()).to.equal(0);
      await attempt().end('bounced');
      expect(notices).to.deep.equal([]);
      expect(spool.calls).to.deep.equal(['add 1', 'remove 1']);
    });

    it('make an entry due now', async () => {
      await offer(queued('1'));
      await attempt().end('deferred');
      await dispatcher.change('1', (entry) => ({
        ...entry,
        recipients: entry.recipients.map((open) => ({ ...open, dueAt: Date.now() })),
      }));
      await pass(0);
      expect(attempts.made).to.have.length(2);
    });

    it('make changes of one entry one after the other, each on what the last one left', async () => {
      spool.put(queued('1', { held: true }), body);
      const mark = (text: string) => (entry: Entry) => ({ ...entry, envid: `${entry.envid ?? ''}${text}` });
      await Promise.all(['a', 'b', 'c'].map((text) => dispatcher.change('1', mark(text))));
      expect(spool.get('1')?.envid).to.equal('abc');
    });

    it('change nothing that is not there', async () => {
      expect(await dispatcher.change('none', () => expect.fail('called'))).to.equal(undefined);
      expect(spool.calls).to.deep.equal([]);
    });
  });

  describe('closes', () => {
    beforeEach(() => dispatcher.start());

    it('when the attempts under way are settled, and begins no more', async () => {
      await offer(queued('1'));
      let closed = false;
      const closing = dispatcher.close().then(() => (closed = true));
      await offer(queued('2'));
      expect(closed).to.equal(false);
      expect(attempts.made).to.have.length(1);
      await attempt().end('relayed');
      await closing;
      expect([...spool.entries.keys()]).to.deep.equal(['2']);
      await pass(minute);
      expect(attempts.made).to.have.length(1);
    });

    it('though the spool fails, leaving the entry as it was on disk', async () => {
      await offer(queued('1'));
      const closing = dispatcher.close();
      spool.faults = Array.from({ length: 10 }, () => new Error('Input/output error'));
      await attempt().end('relayed');
      await closing;
      expect(recipient('1', 'user@example.net').status).to.equal('queued');
    });
  });
});
