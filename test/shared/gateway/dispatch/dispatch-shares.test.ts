/** One submitter with a long backlog, and the others. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from '@mailpair/shared/gateway/dispatch/dispatch';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dispatcherWith } from '../../../support/dispatcher.ts';
import { entryOf, receivedAt, recipientOf } from '../settle/entries.ts';
import { FakeAttempts, quiet } from './fake-attempts.ts';
import { MemorySpool } from './memory-spool.ts';

const SHARE = 250;
/** Nearly all of it: lanes are read in small bites. */
const NEARLY = SHARE - 2;
const body: Body = { sizeBytes: 5, sha256: '', chunks: [Buffer.from('hello')], hops: 0, eightBit: false };

describe('The dispatcher, while one submitter has a long backlog', () => {
  let spool: MemorySpool;
  let attempts: FakeAttempts;
  let dispatcher: Dispatcher;

  beforeEach(() => {
    spool = new MemorySpool();
    attempts = new FakeAttempts();
    dispatcher = dispatcherWith({ spool, attempts });
  });

  afterEach(async () => {
    for (const { end } of attempts.made) void end('relayed');
    await dispatcher.close();
  });

  const of = (submitter: string, number: number, dueAt: number, domain = 'example.net'): Entry => {
    const id = `${submitter}-${String(number).padStart(5, '0')}`;
    return entryOf({
      id,
      recipients: [recipientOf({ address: `${id}@${domain}`, dueAt })],
      origin: { ...entryOf().origin, submitter },
    });
  };
  const madeFor = (submitter: string): number =>
    attempts.made.filter(({ recipients }) => recipients[0]!.startsWith(`${submitter}-`)).length;
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await pause(5);
  };

  it('attempts what is due of the others behind it, and works off all, each once', async () => {
    for (let n = 0; n < 3_000; n += 1) spool.put(of('hog', n, receivedAt - 1_000), body);
    for (let n = 0; n < 20; n += 1) spool.put(of('anna', n, receivedAt), body);
    dispatcher.start();
    await until(() => madeFor('anna') === 20);
    expect(madeFor('hog')).to.equal(NEARLY);
    let [ended, most] = [0, 0];
    while (spool.count() > 0) {
      most = Math.max(most, dispatcher.active);
      if (ended < attempts.made.length) await attempts.made[ended++]!.end('relayed');
      else await pause(5);
    }
    expect([madeFor('hog'), madeFor('anna'), attempts.mostUnderWay]).to.deep.equal([3_000, 20, 1]);
    expect(most).to.be.at.most(SHARE + 20);
  });

  it('attempts new mail of the others at once though there is no room, of nobody very much', async () => {
    dispatcher.start();
    const offer = (entry: Entry): void => {
      spool.put(entry, body);
      dispatcher.offer(entry, body);
    };
    for (let n = 0; n < 1_100; n += 1) offer(of('hog', n, receivedAt, `${n % 3}.example`));
    await quiet();
    expect(madeFor('hog')).to.equal(1_000);
    for (let n = 0; n < 50; n += 1) offer(of('anna', n, receivedAt));
    for (let n = 0; n < 2; n += 1) offer(of('bert', n, receivedAt));
    await quiet();
    expect([madeFor('anna'), madeFor('bert'), madeFor('hog')]).to.deep.equal([10, 2, 1_000]);
  });

  it('does not attempt what was removed or held while it waited for its turn', async () => {
    for (let n = 0; n < SHARE + 3; n += 1) spool.put(of('hog', n, receivedAt), body);
    dispatcher.start();
    await until(() => madeFor('hog') === NEARLY);
    const [gone, held] = ['hog-00250', 'hog-00251'];
    await dispatcher.change(gone, () => null);
    await dispatcher.change(held, (entry) => ({ ...entry, held: true }));
    for (let ended = 0; spool.count() > 1;) {
      if (ended < attempts.made.length) await attempts.made[ended++]!.end('relayed');
      else await pause(5);
    }
    expect([...spool.entries.keys()]).to.deep.equal([held]);
    expect(madeFor('hog')).to.equal(SHARE + 1);
  });
});
