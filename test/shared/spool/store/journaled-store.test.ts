/** The journal before the map: what was committed is found, whatever happens to the process and to the end of a file. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { openJournaledStore } from '@mailpair/shared/spool/store/journaled-store';
import { openStore, type Store } from '@mailpair/shared/spool/store/lmdb-store';
import { LmdbTable } from '@mailpair/shared/spool/store/lmdb-table';
import { expect } from 'chai';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { oldJournal } from '../../../support/old-journal.ts';

const JOURNAL_BYTES = 2 ** 13;

const keys = Array.from({ length: 12 }, (_, n) => `k${String(n).padStart(2, '0')}`);
const change = fc.record({
  key: fc.constantFrom(...keys),
  bytes: fc.option(
    fc.oneof({ weight: 9, arbitrary: fc.nat(700) }, { weight: 1, arbitrary: fc.constant(20_000) }),
  ),
});
const steps = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant('commit' as const),
        changes: fc.array(change, { maxLength: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'close' as const) }) },
  ),
  { maxLength: 60 },
);

describe('The journal before the map', () => {
  let base: string;
  let generation = 0;
  const open: Store[] = [];

  const openIn = async (directory: string, journalBytes = JOURNAL_BYTES): Promise<Store> => {
    const store = await openJournaledStore(join(directory, 'queue.mdb'), { journalBytes });
    open.push(store);
    return store;
  };
  const fresh = (): string => {
    const directory = join(base, `${(generation += 1)}`);
    mkdirSync(directory);
    return directory;
  };
  const closeAll = async (): Promise<void> => {
    for (const store of open.splice(0)) await store.close();
  };

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'mailpair-journal-'));
  });

  afterEach(async () => {
    await closeAll();
    rmSync(base, { recursive: true });
  });

  const contentOf = ({ entries }: Store): [string, string][] =>
    [...entries.keys()].map((key) => [key, entries.get(key)!.toString()]);
  const put = (store: Store, key: string, value = 'x'): Promise<void> =>
    store.commit(() => store.entries.put(key, Buffer.from(value)));

  function expectIs(store: Store, model: ReadonlyMap<string, string>): void {
    const wanted = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(contentOf(store)).to.deep.equal(wanted);
    expect(store.entries.count()).to.equal(model.size);
    const items = [...store.entries.items()].map(({ key, value }) => [key, value.toString()]);
    expect(items).to.deep.equal(wanted);
    const middle = wanted.filter(([key]) => key > 'k03' && key < 'k09').map(([key]) => key);
    expect([...store.entries.keys({ from: 'k03', afterFrom: true, until: 'k09' })]).to.deep.equal(middle);
    expect([...store.entries.keys({ from: 'k03', afterFrom: true, limit: 2 })]).to.deep.equal(
      wanted
        .filter(([key]) => key > 'k03')
        .slice(0, 2)
        .map(([key]) => key),
    );
    for (const key of keys) expect(store.entries.has(key), key).to.equal(model.has(key));
  }

  it('gives back what was committed, in order and counted, over crashes and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (played) => {
        let directory = fresh();
        let store = await openIn(directory);
        const model = new Map<string, string>();
        let count = 0;
        for (const step of played) {
          if (step.do === 'commit')
            await store.commit(() => {
              for (const { key, bytes } of step.changes) {
                const value = bytes === null ? null : `${(count += 1)}`.padEnd(bytes, '.');
                if (value === null) store.entries.remove(key);
                else store.entries.put(key, Buffer.from(value), !model.has(key) && !store.entries.has(key));
                if (value === null) model.delete(key);
                else model.set(key, value);
              }
            });
          else {
            // What a killed process leaves is what is in its files.
            const after = fresh();
            if (step.do === 'close') await store.close();
            cpSync(directory, after, { recursive: true });
            if (step.do === 'crash') await store.close();
            open.length = 0;
            directory = after;
            store = await openIn(directory);
          }
          expectIs(store, model);
        }
        await closeAll();
      }),
      { numRuns: 60 },
    );
  });

  it('leaves out a record that was torn, and nothing before it', async () => {
    const directory = fresh();
    const store = await openIn(directory);
    for (const key of ['a', 'b', 'c']) await put(store, key, 'x'.repeat(600));
    const file = ['a', 'b']
      .map((name) => join(directory, `queue.journal-${name}`))
      .find((path) => readFileSync(path).includes('xxx'))!;
    const whole = readFileSync(file);
    const marks = [...whole.toString('latin1').matchAll(/2JPM/g)].map(({ index }) => index);
    const [start = 0, end = 0] = marks.slice(-2); // of the last record, and the end mark behind it
    for (let torn = start; torn < end; torn += 37) {
      const after = fresh();
      cpSync(directory, after, { recursive: true });
      const octets = Buffer.from(whole);
      octets.fill(0, torn, Math.min(end, torn + 40));
      writeFileSync(join(after, file.slice(directory.length + 1)), octets);
      const again = await openIn(after);
      expect(
        contentOf(again).map(([key]) => key),
        `torn at ${torn}`,
      ).to.deep.equal(['a', 'b']);
    }
  });

  it('moves what is left of the process before, and not a second time', async () => {
    const directory = fresh();
    const store = await openIn(directory);
    await put(store, 'a');
    const after = fresh();
    cpSync(directory, after, { recursive: true });
    const again = await openIn(after);
    await again.commit(() => again.entries.remove('a'));
    await again.close();
    open.length = 1;
    const map = openStore(join(after, 'queue.mdb'));
    expect(map.entries.count()).to.equal(0);
    await map.close();
    expect((await openIn(after)).entries.count()).to.equal(0);
  });

  it('moves what an earlier version left, in the first format of the journal', async () => {
    const directory = fresh();
    const map = openStore(join(directory, 'queue.mdb'));
    await map.commit(() => map.entries.put('gone', Buffer.from('x')));
    await map.close();
    const changesOf = (key: string, value: Buffer | null) => [{ table: 0, key, value }];
    const salt = Buffer.alloc(16, 3);
    const one = oldJournal(1, salt, [changesOf('a', Buffer.from('1')), changesOf('b', Buffer.from('1'))]);
    const two = oldJournal(2, Buffer.alloc(16, 4), [
      changesOf('b', Buffer.from('2')),
      changesOf('gone', null),
    ]);
    writeFileSync(join(directory, 'queue.journal-a'), Buffer.concat([two, Buffer.alloc(500)]));
    writeFileSync(join(directory, 'queue.journal-b'), one);
    const store = await openIn(directory);
    expectIs(
      store,
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
    expect(existsSync(join(directory, 'damaged'))).to.equal(false);
  });

  it('puts nothing into the map of what comes and goes while the journal has room', async () => {
    const store = await openIn(fresh(), 2 ** 17);
    const puts = mock.method(LmdbTable.prototype, 'put');
    for (let n = 0; n < 200; n += 1) {
      await store.commit(() => store.entries.put(`n${n}`, Buffer.alloc(200), true));
      await store.commit(() => store.entries.remove(`n${n}`));
    }
    const count = puts.mock.calls.filter(({ arguments: [key] }) => /^n\d/.test(key)).length;
    puts.mock.restore();
    expect(count).to.equal(0);
    expect([...store.entries.keys()]).to.deep.equal([]);
  });

  it('takes a commit that is larger than the journal', async () => {
    const directory = fresh();
    const store = await openIn(directory);
    await put(store, 'small');
    await put(store, 'large', 'y'.repeat(10 * JOURNAL_BYTES));
    await store.commit(() => store.entries.remove('small'));
    const after = fresh();
    cpSync(directory, after, { recursive: true });
    expect(contentOf(await openIn(after)).map(([key]) => key)).to.deep.equal(['large']);
  });
});
