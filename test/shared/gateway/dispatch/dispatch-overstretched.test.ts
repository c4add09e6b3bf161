/** A spool that has much in memory, and whose disk takes long to let go of it. */
import { mock } from 'node:test';
import type { Dispatcher } from '@mailpair/shared/gateway/dispatch/dispatch';
import type { Body } from '@mailpair/shared/platform/values/body';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dispatcherWith } from '../../../support/dispatcher.ts';
import { entryOf, receivedAt, recipientOf } from '../settle/entries.ts';
import { FakeAttempts, quiet } from './fake-attempts.ts';
import { MemorySpool } from './memory-spool.ts';

const COUNT = 100;
const FEW = 10;
const body: Body = { sizeBytes: 5, sha256: '', chunks: [Buffer.from('hello')], hops: 0, eightBit: false };

/** Overstretched once `FEW` were read, until `relax`. */
class StretchingSpool extends MemorySpool {
  #slack = FEW;

  relax(): void {
    this.#slack = Infinity;
  }

  override get isOverstretched(): boolean {
    return this.read.length >= this.#slack;
  }
}

describe('The dispatcher, over a spool that is overstretched', () => {
  let spool: StretchingSpool;
  let attempts: FakeAttempts;
  let dispatcher: Dispatcher;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: receivedAt });
    spool = new StretchingSpool();
    attempts = new FakeAttempts();
    dispatcher = dispatcherWith({ spool, attempts });
    for (let n = 0; n < COUNT; n += 1) {
      const recipients = [recipientOf({ address: `them@${n}.example`, dueAt: receivedAt })];
      spool.put(entryOf({ id: `id${n}`, recipients }), body);
    }
  });

  afterEach(() => mock.timers.reset());

  const pass = async (ms: number): Promise<void> => {
    mock.timers.tick(ms);
    for (let turns = 0; turns < 10; turns += 1) await quiet();
  };

  it('reads no more, also when attempts end, and reads on by itself when it is no longer so', async () => {
    dispatcher.start();
    for (let turn = 0; turn < 100; turn += 1) await pass(10);
    expect(attempts.made).to.have.length(FEW);
    for (const { end } of attempts.made.slice()) await end('relayed');
    await pass(1_000);
    expect(attempts.made).to.have.length(FEW);
    spool.relax();
    for (let turn = 0; turn < 10; turn += 1) await pass(10);
    expect(attempts.made).to.have.length(COUNT);
  });
});
