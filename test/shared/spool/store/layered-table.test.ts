import { LayeredTable } from '@mailpair/shared/spool/store/layered-table';
import type { Item, KeyRange, Table } from '@mailpair/shared/spool/store/lmdb-table';
import { expect } from 'chai';
import fc from 'fast-check';
import { beforeEach, describe, it } from 'mocha';

/** Counts how many keys are read of it. */
class TableBelow implements Table {
  readonly values = new Map<string, Buffer>();
  taken = 0;

  get = (key: string): Buffer | undefined => this.values.get(key);
  has = (key: string): boolean => this.values.has(key);
  count = (): number => this.values.size;
  put = (key: string, value: Buffer): void => void this.values.set(key, value);
  remove = (key: string): void => void this.values.delete(key);

  read<T>(key: string, how: (value: Buffer) => T): T | undefined {
    const value = this.values.get(key);
    return value && how(value);
  }

  *keys({ from = ' ', afterFrom = false, until, limit = Infinity }: KeyRange = {}): Iterable<string> {
    let left = limit;
    for (const key of [...this.values.keys()].sort()) {
      if (afterFrom ? key <= from : key < from) continue;
      if ((until !== undefined && key >= until) || (left -= 1) < 0) return;
      this.taken += 1;
      yield key;
    }
  }

  *items(range?: KeyRange): Iterable<Item> {
    for (const key of this.keys(range)) yield { key, value: this.values.get(key)! };
  }
}

const keyOf = (n: number): string => `k${String(n).padStart(4, '0')}`;
const key = fc.nat(30).map(keyOf);
const change = fc.record({ key, removes: fc.boolean() });
const ranges = fc.record(
  { from: key, afterFrom: fc.boolean(), until: key, limit: fc.integer({ min: 1, max: 9 }) },
  { requiredKeys: [] },
);

describe('A table with layers over it', () => {
  let below: TableBelow;
  let table: LayeredTable;

  beforeEach(() => {
    below = new TableBelow();
    table = new LayeredTable(below);
  });

  const apply = (changes: readonly (readonly [string, string | null])[]): void => {
    table.beginChanges();
    const pending = new Map(
      changes.map(([name, value]) => [
        name,
        { value: value === null ? null : Buffer.from(value), isNew: false },
      ]),
    );
    table.endChanges();
    table.apply(pending);
  };

  it('gives any range as one table would, while layers come, move and go', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.array(change, { maxLength: 8 }) },
        { weight: 1, arbitrary: fc.constant('move' as const) },
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(steps, fc.array(ranges, { minLength: 1, maxLength: 4 }), (played, asked) => {
        below = new TableBelow();
        table = new LayeredTable(below);
        const whole = new TableBelow();
        played.forEach((step, at) => {
          if (step === 'move') {
            for (const [name, { value }] of table.moving?.changes ?? [])
              if (value) below.put(name, value);
              else below.remove(name);
            table.endMoving();
            table.beginMoving();
          } else {
            const changes = new Map(
              step.map(({ key: name, removes }) => [name, removes ? null : `${name} ${at}`]),
            );
            apply([...changes]);
            for (const [name, value] of changes)
              if (value === null) whole.remove(name);
              else whole.put(name, Buffer.from(value));
          }
          for (const range of asked) {
            expect([...table.keys(range)]).to.deep.equal([...whole.keys(range)]);
            expect([...table.items(range)]).to.deep.equal([...whole.items(range)]);
          }
        });
      }),
    );
  });

  it('sees in a commit what that has changed so far', () => {
    below.put('a', Buffer.from('1'));
    apply([['c', '1']]);
    table.beginChanges();
    table.put('b', Buffer.from('2'));
    table.remove('c');
    expect([...table.keys()]).to.deep.equal(['a', 'b']);
    table.endChanges();
    expect([...table.keys()]).to.deep.equal(['a', 'c']);
  });

  it('reads no more of what lies below than it is asked for, whatever has changed', () => {
    for (let n = 0; n < 1_000; n += 2) below.put(keyOf(n), Buffer.from('below'));
    apply(Array.from({ length: 500 }, (_, n) => [keyOf(2 * n + 1), 'above']));
    const taken = (range: KeyRange): number => {
      below.taken = 0;
      expect([...table.keys(range)]).to.have.length(range.limit!);
      return below.taken;
    };
    expect(taken({ limit: 1 })).to.equal(1);
    expect(taken({ from: keyOf(500), limit: 10 })).to.be.within(5, 6);
  });
});
