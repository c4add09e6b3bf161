import { TokenTable } from '@mailpair/shared/filter/bayes/token-table';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const evidenceOf = (table: TokenTable, high: number, low: number): [number, number] | undefined => {
  const place = table.find(high, low);
  return place < 0 ? undefined : [table.spamAt(place), table.hamAt(place)];
};

describe('the table of tokens', () => {
  it('adds up as a map would, through all its growth', () => {
    const half = fc.integer({ min: 0, max: 40 }).map((n) => (n * 0x9e3779b1) >>> 0);
    fc.assert(
      fc.property(fc.array(fc.tuple(half, half, fc.nat(3), fc.nat(3)), { maxLength: 500 }), (additions) => {
        const table = new TokenTable(1_000_000);
        const map = new Map<string, [number, number]>();
        for (const [high, low, spam, ham] of additions) {
          table.add(high, low, spam, ham);
          if (high === 0 && low === 0) continue;
          const known = map.get(`${high} ${low}`) ?? [0, 0];
          if (spam + ham > 0 || map.has(`${high} ${low}`))
            map.set(`${high} ${low}`, [known[0] + spam, known[1] + ham]);
        }
        expect(table.size).to.equal(map.size);
        for (const [key, evidence] of map) {
          const [high, low] = key.split(' ').map(Number);
          expect(evidenceOf(table, high!, low!)).to.deep.equal(evidence);
        }
      }),
    );
    const grown = new TokenTable(1_000_000);
    for (let n = 1; n <= 50_000; n += 1) grown.add(n, n * 7, n % 5 ? 1 : 0, 1);
    expect(grown.size).to.equal(50_000);
    expect(evidenceOf(grown, 49_999, 349_993)).to.deep.equal([1, 1]);
  });

  it('never holds more than it may, and lets the weakest go', () => {
    const table = new TokenTable(10_000);
    for (let n = 1; n <= 5_000; n += 1) table.add(n, n, 3, 0);
    for (let n = 5_001; n <= 40_000; n += 1) {
      table.add(n, n, 0, 1);
      expect(table.size).to.be.at.most(10_000);
    }
    for (let n = 1; n <= 5_000; n += 1) expect(evidenceOf(table, n, n)).to.deep.equal([3, 0]);
    expect(evidenceOf(table, 40_000, 40_000)).to.deep.equal([0, 1]);
  });

  it('takes evidence back, never below none', () => {
    const table = new TokenTable(100);
    table.add(1, 2, 1, 1);
    table.add(1, 2, -1, -5);
    table.add(9, 9, -1, 0);
    expect(evidenceOf(table, 1, 2)).to.deep.equal([0, 0]);
    expect(evidenceOf(table, 9, 9)).to.equal(undefined);
  });
});
