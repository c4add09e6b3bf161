import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '@mailpair/shared/spool/store/lmdb-store';
import type { LmdbTable } from '@mailpair/shared/spool/store/lmdb-table';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

describe('a commit that lmdb aborts', () => {
  let directory: string;
  let store: Store;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-store-'));
    store = openStore(join(directory, 'queue.mdb'));
    await store.commit(() => store.entries.put('A', Buffer.from('old')));
  });

  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  /** As lmdb does when it finds no free page: some changes are made, one is not. */
  function abortNext(times: number): void {
    const table = store.lanes as LmdbTable;
    const apply = table.apply.bind(table);
    let left = times;
    table.apply = (changes) => {
      left -= 1;
      if (left >= 0) throw new Error('No matching key/data pair found');
      apply(changes);
    };
  }

  const change = (): Promise<void> =>
    store.commit(() => {
      store.entries.put('B', Buffer.from('new'));
      store.entries.remove('A');
    });

  const values = (): (string | undefined)[] => ['A', 'B'].map((key) => store.entries.get(key)?.toString());

  it('is made once more, on the file opened afresh', async () => {
    abortNext(1);
    await change();
    expect(values()).to.deep.equal([undefined, 'new']);
  });

  it('is a fault when it is aborted again', async () => {
    abortNext(2);
    const error = await change().catch((fault: unknown) => fault as Error);
    expect(error).to.be.an('error').with.property('message', 'No matching key/data pair found');
  });
});
