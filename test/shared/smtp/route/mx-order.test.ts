import { describe, it } from 'mocha';
import { expect } from 'chai';
import fc from 'fast-check';
import { orderMx } from '@mailpair/shared/smtp/route/mx-order';
import type { MxRecord } from '@mailpair/shared/platform/dns/resolver';

const mx = (preference: number, exchange: string): MxRecord => ({ preference, exchange });
const fixed = { next: () => 0 };
const seeded = (values: readonly number[]) => {
  let at = 0;
  return { next: () => values[at++ % values.length] ?? 0 };
};
const order = (records: readonly MxRecord[], ownNames: readonly string[] = []) =>
  orderMx(records, { ownNames, random: fixed });

describe('The order of MX records', () => {
  it('puts the lowest preference first', () => {
    expect(order([mx(20, 'b.example'), mx(5, 'a.example'), mx(100, 'c.example')])).to.deep.equal([
      'a.example',
      'b.example',
      'c.example',
    ]);
  });

  it('gives names in lower-case A-labels without the trailing dot', () => {
    expect(order([mx(10, 'MX.Bücher.Example.')])).to.deep.equal(['mx.xn--bcher-kva.example']);
  });

  it('names a host once, at its best preference', () => {
    expect(order([mx(30, 'a.example'), mx(10, 'A.example.'), mx(20, 'b.example')])).to.deep.equal([
      'a.example',
      'b.example',
    ]);
  });

  it('finds a null MX whatever its preference', () => {
    expect(order([mx(0, '')])).to.equal('null-mx');
    expect(order([mx(10, '.')])).to.equal('null-mx');
  });

  it('passes over a root exchange that is not alone', () => {
    expect(order([mx(0, '.'), mx(10, 'a.example')])).to.deep.equal(['a.example']);
  });

  it('drops this host, its equals and all behind it', () => {
    const records = [
      mx(5, 'a.example'),
      mx(10, 'us.example'),
      mx(10, 'equal.example'),
      mx(20, 'worse.example'),
    ];
    expect(order(records, ['US.example.'])).to.deep.equal(['a.example']);
  });

  it('takes the better of two own names for this host', () => {
    const records = [mx(5, 'a.example'), mx(10, 'us.example'), mx(20, 'b.example'), mx(30, 'us2.example')];
    expect(order(records, ['us2.example', 'us.example'])).to.deep.equal(['a.example']);
  });

  it('says that mail loops back when nothing is better than this host', () => {
    expect(order([mx(10, 'us.example'), mx(20, 'b.example')], ['us.example'])).to.equal('loops-back');
  });

  it('is empty without records', () => {
    expect(order([])).to.deep.equal([]);
  });

  it('puts every order of equals first equally often', () => {
    const equals = [mx(10, 'a.example'), mx(10, 'b.example'), mx(10, 'c.example')];
    const counts = new Map<string, number>();
    for (const first of [0, 0.34, 0.67]) {
      for (const second of [0, 0.5]) {
        const hosts = String(orderMx(equals, { ownNames: [], random: seeded([first, second]) }));
        counts.set(hosts, (counts.get(hosts) ?? 0) + 1);
      }
    }
    expect(counts.size).to.equal(6);
  });

  describe('for any records and any own name', () => {
    const name = fc.constantFrom('a.example', 'b.example', 'c.example', 'd.example', 'e.example');
    const records = fc.array(fc.record({ exchange: name, preference: fc.nat(3) }), { minLength: 1 });
    const randomness = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 1,
    });
    const best = (all: readonly MxRecord[], host: string): number =>
      Math.min(...all.filter(({ exchange }) => exchange === host).map(({ preference }) => preference));

    it('never goes to a worse host before a better one, and leaves nobody out', () => {
      fc.assert(
        fc.property(records, randomness, (all, values) => {
          const hosts = orderMx(all, { ownNames: [], random: seeded(values) });
          expect([...hosts]).to.have.members([...new Set(all.map(({ exchange }) => exchange))]);
          const preferences = [...hosts].map((host) => best(all, host));
          expect(preferences).to.deep.equal([...preferences].sort((a, b) => a - b));
        }),
      );
    });

    it('only ever comes nearer to the destination', () => {
      fc.assert(
        fc.property(records, name, randomness, (all, own, values) => {
          const hosts = orderMx(all, { ownNames: [own], random: seeded(values) });
          const nearer = new Set(
            all.filter(({ preference }) => preference < best(all, own)).map(({ exchange }) => exchange),
          );
          if (nearer.size === 0) expect(hosts).to.equal('loops-back');
          else expect([...hosts]).to.have.members([...nearer]);
        }),
      );
    });
  });
});
