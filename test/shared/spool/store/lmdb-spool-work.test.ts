/** How much the spool reads and writes for what it is asked, by counting. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CommitWatch } from '@mailpair/shared/spool/store/commit-watch';
import { openLmdbSpool } from '@mailpair/shared/spool/store/lmdb-spool';
import { LayeredTable } from '@mailpair/shared/spool/store/layered-table';
import type { KeyRange } from '@mailpair/shared/spool/store/lmdb-table';
import { MapSize } from '@mailpair/shared/spool/store/map-size';
import type { Spool } from '@mailpair/shared/spool/store/spool';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { sumsOfEntries, sumsOfParts } from '../../../support/queue-sums.ts';
import { bodyText, dueAgain, entryOf } from '../../../support/spool-mail.ts';

const DOMAINS = 20;
const EACH = 100;

describe('The work of the spool', () => {
  const body = bodyText('x');
  let directory: string;
  let spool: Spool;
  let commits: number;

  const open = async (): Promise<void> => {
    commits = 0;
    const commitWatch = new CommitWatch();
    mock.method(commitWatch, 'watch', (commit: () => Promise<void>) => {
      commits += 1;
      return commit();
    });
    spool = await openLmdbSpool({ directory, minFreeBytes: 0, clock: systemClock, commitWatch });
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-work-'));
    await open();
  });

  afterEach(async () => {
    mock.restoreAll();
    await spool.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const entryTo = (id: string, domain: string, dueAt = 0): Entry => {
    const entry = dueAgain(entryOf(id, body), dueAt);
    return { ...entry, recipients: [{ ...entry.recipients[0]!, address: `them@${domain}` }] };
  };
  const fill = async (): Promise<void> => {
    const all = Array.from({ length: DOMAINS * EACH }, (_, n) =>
      entryTo(`id${String(n).padStart(5, '0')}`, `${n % DOMAINS}.example`, n),
    );
    await Promise.all(all.map((entry) => spool.add(entry, body)));
  };
  /** Values read meanwhile. */
  async function readsOf(work: () => unknown): Promise<number> {
    const ways = (['get', 'read'] as const).map((way) => mock.method(LayeredTable.prototype, way));
    await work();
    const reads = ways.reduce((sum, way) => sum + way.mock.callCount(), 0);
    for (const way of ways) way.mock.restore();
    return reads;
  }

  it('reads no entry when it is opened, however many there are', async () => {
    await fill();
    await spool.close();
    expect(await readsOf(open)).to.equal(0);
    expect(spool.count()).to.equal(DOMAINS * EACH);
  });

  it('reads no entry to know the lanes, and of a lane as many as it is asked for', async () => {
    await fill();
    expect(await readsOf(() => [...spool.lanes()].length)).to.equal(0);
    expect(await readsOf(() => spool.due('3.example ', 1e6, 8))).to.equal(8);
    const { last } = spool.due('3.example ', 1e6, 90);
    expect(await readsOf(() => spool.due('3.example ', 1e6, 8, { after: last }))).to.equal(8);
    expect(await readsOf(() => spool.due('3.example ', 1e6, 8, { skip: () => true }))).to.equal(0);
  });

  it('reads nothing to know the lane of an entry that is at hand', async () => {
    await fill();
    const entry = spool.get('id00003')!;
    expect(await readsOf(() => expect(spool.laneOf(entry)).to.equal('3.example '))).to.equal(0);
  });

  it('lets go of what has been read by itself, without waiting for something to be written', async () => {
    await fill();
    const stretched = mock.method(MapSize.prototype, 'touch', function (this: MapSize) {
      this.isStretched = this.isOverstretched = true;
    });
    expect([...spool.list()]).to.have.length(DOMAINS * EACH);
    stretched.mock.restore();
    expect(spool.isOverstretched).to.equal(true);
    while (spool.isOverstretched) await nextTurn();
  });

  it('reads one entry for each lane to add the queue up, and all that have no size in the index', async () => {
    await fill();
    expect(await readsOf(() => [...spool.parts()].length)).to.equal(DOMAINS);
    const items = mock.method(
      LayeredTable.prototype,
      'items',
      function* (this: LayeredTable, range?: KeyRange) {
        for (const key of this.keys(range)) yield { key, value: Buffer.alloc(0) };
      },
    );
    expect(await readsOf(() => sumsOfParts(spool))).to.equal(DOMAINS * EACH);
    expect(sumsOfParts(spool)).to.deep.equal(sumsOfEntries(spool));
    items.mock.restore();
  });

  it('makes one commit a message for a lone sender: what was delivered goes with the next that is taken', async () => {
    let removed: Promise<void> = Promise.resolve();
    for (let n = 0; n < 50; n += 1) {
      await spool.add(entryTo(`id${n}`, 'a.example'), body);
      removed = spool.remove(`id${n}`);
    }
    await removed;
    expect(commits).to.equal(51);
    expect(spool.count()).to.equal(0);
  });
});
