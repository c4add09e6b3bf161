import { PassingMap } from '@mailpair/shared/platform/maps/passing-map';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { bytesLeftBehind } from '../../../support/nursery.ts';

const VALUE_BYTES = 4_096;
const AT_A_TIME = 20;
const VALUES = 5_000;

describe('a map for what comes and goes', () => {
  it('gives what it was given, in the order of coming', () => {
    const map = new PassingMap<number>();
    for (const [key, value] of Object.entries({ a: 1, b: 2, c: 3 })) map.set(key, value);
    map.set('a', 4);
    map.delete('b');
    map.delete('none');
    expect([map.size, map.has('b'), map.get('a'), map.get('b')]).to.deep.equal([2, false, 4, undefined]);
    expect([...map.values()]).to.deep.equal([4, 3]);
  });

  it('goes on when what it gives next leaves it', () => {
    const map = new PassingMap<number>();
    for (const value of [1, 2, 3]) map.set(`${value}`, value);
    const seen: number[] = [];
    for (const value of map.values()) {
      seen.push(value);
      map.delete('2');
    }
    expect(seen).to.deep.equal([1, 3]);
  });

  it('leaves no memory behind of what left it, however old it is', () => {
    const map = new PassingMap<Buffer>();
    const left = bytesLeftBehind({
      count: VALUES,
      atATime: AT_A_TIME,
      come: (n) => map.set(`k${n}`, Buffer.allocUnsafeSlow(VALUE_BYTES)),
      go: (n) => map.delete(`k${n}`),
    });
    expect(map.size).to.equal(AT_A_TIME);
    expect(left).to.be.below((VALUES * VALUE_BYTES) / 4);
  });
});
