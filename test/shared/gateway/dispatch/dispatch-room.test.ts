/** How much the dispatcher takes into memory at a time. */
import type { Dispatcher } from '@mailpair/shared/gateway/dispatch/dispatch';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dispatcherWith } from '../../../support/dispatcher.ts';
import { entryOf } from '../settle/entries.ts';
import { FakeAttempts, quiet } from './fake-attempts.ts';
import { MemorySpool } from './memory-spool.ts';

const MB = 2 ** 20;
const sizeBytes = 200 * 1024;
const body: Body = {
  sizeBytes,
  sha256: '',
  chunks: [Buffer.from('not that much')],
  hops: 0,
  eightBit: false,
};
const count = 400;

describe('The dispatcher, given bodies of 200 KB', () => {
  let spool: MemorySpool;
  let attempts: FakeAttempts;
  let dispatcher: Dispatcher;
  let entries: Entry[];

  beforeEach(() => {
    spool = new MemorySpool();
    attempts = new FakeAttempts();
    entries = Array.from({ length: count }, (_, index) =>
      entryOf({ id: `${index}`, body: { sizeBytes, sha256: '', eightBit: false } }),
    );
    dispatcher = dispatcherWith({ spool, attempts });
  });

  afterEach(() => dispatcher.close());

  /** Ends attempt after attempt. @returns the most that were under way together */
  async function workOff(): Promise<number> {
    let most = 0;
    for (let ended = 0; ended < count; ended += 1) {
      most = Math.max(most, dispatcher.active);
      await (attempts.made[ended] ?? expect.fail(`attempt ${ended} was not begun`)).end('relayed');
    }
    return most;
  }

  it('has about 32 MB of them in memory, and works off the rest from the spool', async () => {
    for (const entry of entries) spool.put(entry, body);
    dispatcher.start();
    await quiet();
    expect((await workOff()) * sizeBytes).to.be.within(16 * MB, 33 * MB);
    expect(spool.count()).to.equal(0);
  });

  it('counts those that the intake gives it, and leaves to the spool what is too much', async () => {
    dispatcher.start();
    for (const entry of entries) {
      await spool.add(entry, body);
      dispatcher.offer(entry, body);
    }
    await quiet();
    expect((await workOff()) * sizeBytes).to.be.within(16 * MB, 33 * MB);
    expect(spool.count()).to.equal(0);
  });
});
