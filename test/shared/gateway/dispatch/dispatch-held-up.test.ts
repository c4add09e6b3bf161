/** What the dispatcher does while the spool does not take what became of messages. */
import { mock } from 'node:test';
import type { Dispatcher } from '@mailpair/shared/gateway/dispatch/dispatch';
import { silentLog } from '@mailpair/shared/platform/log/log';
import type { Body } from '@mailpair/shared/platform/values/body';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dispatcherWith } from '../../../support/dispatcher.ts';
import { entryOf } from '../settle/entries.ts';
import { FakeAttempts, quiet } from './fake-attempts.ts';
import { MemorySpool } from './memory-spool.ts';

const body: Body = { sizeBytes: 5, sha256: '', chunks: [Buffer.from('hello')], hops: 0, eightBit: false };
const AGAIN_MS = 5_000;

describe('The dispatcher, when an outcome cannot be written down', () => {
  let spool: MemorySpool;
  let attempts: FakeAttempts;
  let dispatcher: Dispatcher;
  let errors: string[];

  beforeEach(async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_800_000_000_000 });
    spool = new MemorySpool();
    attempts = new FakeAttempts();
    errors = [];
    const log = { ...silentLog, error: (event: string) => void errors.push(event) };
    dispatcher = dispatcherWith({ spool, attempts, log });
    for (const id of ['1', '2']) spool.put(entryOf({ id }), body);
    dispatcher.start();
    await quiet();
  });
  afterEach(() => mock.timers.reset());

  const pass = async (ms: number): Promise<void> => {
    mock.timers.tick(ms);
    await quiet();
  };
  const comes = async (id: string): Promise<void> => {
    spool.put(entryOf({ id }), body);
    dispatcher.wake(entryOf({ id }));
    await pass(0);
  };
  /** The first message is relayed, and the next `times` changes fail. */
  const fail = async (times: number): Promise<void> => {
    spool.faults = Array.from({ length: times }, () => new Error('Input/output error'));
    await attempts.made[0]!.end('relayed');
  };

  it('begins nothing, neither from the spool nor new, until it is', async () => {
    await fail(2);
    await comes('3');
    spool.put(entryOf({ id: '4' }), body);
    dispatcher.offer(entryOf({ id: '4' }), body);
    await pass(AGAIN_MS);
    expect(attempts.made).to.have.length(2);
    await pass(AGAIN_MS);
    expect(attempts.made).to.have.length(4);
    expect(spool.entries.has('1')).to.equal(false);
  });

  it('leaves those alone that had no turn yet, and begins them again later', async () => {
    await fail(1);
    await attempts.made[1]!.goOn();
    expect(spool.calls.filter((call) => !call.startsWith('body'))).to.deep.equal(['remove 1']);
    expect(spool.get('2')!.recipients[0]).to.include({ attempts: 0, status: 'queued' });
    await pass(AGAIN_MS);
    expect(attempts.made).to.have.length(3);
    await attempts.made[2]!.goOn();
    expect(spool.count()).to.equal(0);
  });

  it('goes on with others where only this one is refused', async () => {
    await fail(100);
    spool.isFailing = false;
    await comes('3');
    expect(attempts.made).to.have.length(3);
  });

  it('says so once a minute, not of each message each time', async () => {
    await fail(40);
    await attempts.made[1]!.end('relayed');
    for (let times = 0; times < 11; times += 1) await pass(AGAIN_MS);
    expect(errors).to.deep.equal(['spool.fault']);
    await pass(AGAIN_MS);
    expect(errors).to.deep.equal(['spool.fault', 'spool.fault']);
  });
});
