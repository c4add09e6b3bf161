import { join } from 'node:path';
import { openLmdbSpool } from '@mailpair/shared/spool/store/lmdb-spool';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { freePorts } from '../../support/ports.ts';
import { bodyText, dueAgain, entryOf } from '../../support/spool-mail.ts';
import { usePair } from '../../support/use-pair.ts';

const DEAD = 10_000;
const LIVE = 200;
/** Those that were begun before it was known to be dead: four for each of 20 sessions. */
const TRIED = 80;

describe('a next hop that is dead, with a long queue', () => {
  const pair = usePair({ start: [], config: { 'queue.retryFirst': '5m', 'queue.retryMax': '1h' } });

  before(async () => {
    const { directory, internet, configure } = pair();
    const [closed] = (await freePorts(1)) as [number];
    configure({
      routes: {
        'dead.example': `smtp://127.0.0.1:${closed}`,
        '*': `smtp://127.0.0.1:${internet.port}`,
      },
    });
    const spool = await openLmdbSpool({
      directory: join(directory, 'outbound'),
      minFreeBytes: 0,
      clock: systemClock,
    });
    const body = bodyText('Subject: waiting\r\n\r\nStill here.\r\n');
    const now = Date.now();
    const add = (id: string, address: string, dueAt: number): Promise<void> => {
      const entry = entryOf(id, body, { receivedAt: now, expiresAt: now + 86_400_000 });
      const [recipient] = entry.recipients;
      return spool.add(dueAgain({ ...entry, recipients: [{ ...recipient!, address }] }, dueAt), body);
    };
    const all = Array.from({ length: DEAD }, (_, n) => add(`dead${n}`, 'them@dead.example', now - 60_000));
    for (let n = 0; n < LIVE; n += 1) all.push(add(`live${n}`, `them@${n % 50}.example`, now));
    await Promise.all(all);
    await spool.close();
  });

  it('leaves the mail for all others alone, and is tried with few messages, not with each', async () => {
    const { outbound, internet } = pair();
    await outbound.start();
    await internet.until((deliveries) => deliveries.length === LIVE);
    await outbound.until(({ event, route }) => event === 'recipient.deferred' && String(route).length > 0);
    expect(await outbound.stop()).to.equal(0);
    expect(outbound.logged('recipient.relayed')).to.have.length(LIVE);
    expect(outbound.logged('recipient.deferred')).to.have.length.within(1, TRIED);
  });
});
