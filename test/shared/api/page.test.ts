import { pagesOf } from '@mailpair/mailpair/queue/access';
import { askHere } from '@mailpair/shared/api/ask';
import { clientOf, type Client } from '@mailpair/shared/api/client';
import type { Sides } from '@mailpair/shared/api/sides';
import { QueueControl } from '@mailpair/shared/api/queue-control';
import { PAGE_SCAN } from '@mailpair/shared/api/page';
import { SubmitterLedger } from '@mailpair/shared/directory/submitters/ledger';
import { noLimits } from '@mailpair/shared/directory/submitters/usage';
import type { Settings } from '@mailpair/shared/config/settings';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { submitterNamed } from '../directory/submitters/submitter-named.ts';
import { MemorySpool } from '../gateway/dispatch/memory-spool.ts';
import { stored } from './gateway-fixture.ts';

describe('A queue of 10 000 entries', () => {
  const client = (): Client => clientOf(askHere({ queue: () => queue } as unknown as Sides));
  let spool: MemorySpool;
  let queue: QueueControl;
  /** Ids in the order of the calls of `change`. */
  let changes: string[];
  let [changing, mostChanging] = [0, 0];

  beforeEach(() => {
    spool = new MemorySpool();
    for (let number = 0; number < 10_000; number += 1) {
      const to = [number % 5_000 === 4_999 ? 'rare@example.edu' : 'user@example.net'];
      const { entry, body } = stored(String(number).padStart(6, '0'), { to });
      spool.put(entry, body);
    }
    changes = [];
    [changing, mostChanging] = [0, 0];
    queue = new QueueControl({
      role: 'outbound',
      host: 'mx-out.example.com',
      settings: () => ({ domains: [], routes: new Map(), send: { tls: 'none' } }) as unknown as Settings,
      spool,
      ledger: new SubmitterLedger({
        submitterOf: submitterNamed(noLimits),
        clock: { now: () => Date.now() },
        accounts: [],
        changed: () => undefined,
        onExcess: () => undefined,
        close: async () => undefined,
      }),
      async change(id, how) {
        changes.push(id);
        mostChanging = Math.max(mostChanging, (changing += 1));
        const before = spool.get(id)!;
        await spool.update(how(before)!);
        changing -= 1;
        return before;
      },
      clock: { now: () => Date.now() },
    });
  });

  it('is read no further than the page that is asked for', async () => {
    expect((await queue.page({}, 200)).items).to.have.length(200);
    expect(spool.listed).to.equal(200);
  });

  it('is searched no further than so many entries at a time, whether they match or not', async () => {
    const page = await queue.page({ domain: 'example.edu' }, 200);
    expect([page.items.length, page.next, spool.listed]).to.deep.equal([0, '000999', PAGE_SCAN]);
  });

  it('is listed some entries at a time, and read no further than it is taken', async () => {
    let taken = 0;
    for await (const items of pagesOf(client(), {})) {
      taken += items.length;
      for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate);
      expect([items.length, spool.listed]).to.deep.equal([100, taken]);
    }
    expect(taken).to.equal(10_000);
  });

  it('is listed as far as is wanted, and read no further', async () => {
    const lengths: number[] = [];
    for await (const items of pagesOf(client(), {}, 250)) lengths.push(items.length);
    expect([lengths, spool.listed]).to.deep.equal([[100, 100, 50], 300]);
  });

  it('gives up what few entries match', async () => {
    const found: string[] = [];
    for await (const items of pagesOf(client(), { domain: 'example.edu' }))
      found.push(...items.map(({ id }) => id));
    expect(found).to.deep.equal(['004999', '009999']);
  });

  it('is changed so many entries at a time, each once', async () => {
    expect(await queue.hold({ domain: 'example.net' })).to.deep.equal({ changed: 9_998, unchanged: 0 });
    expect(new Set(changes).size).to.equal(changes.length);
    expect(mostChanging).to.equal(500);
    const left = [...spool.entries.values()].filter(({ held }) => !held);
    expect(left.map(({ id }) => id)).to.deep.equal(['004999', '009999']);
  });
});
