import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PassingMap } from '@mailpair/shared/system/passing-map';
import { expect } from 'chai';
import { describe, it } from 'mocha';

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
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (how: { type: 'minor' }) => void;
    const empty = (): void => collect({ type: 'minor' });
    const map = new PassingMap<Buffer>();
    const put = (n: number): void => map.set(`k${n}`, Buffer.allocUnsafeSlow(VALUE_BYTES));

    for (let n = 0; n < AT_A_TIME; n += 1) put(n);
    for (let time = 0; time < 4; time += 1) empty();
    const before = process.memoryUsage().arrayBuffers;
    for (let n = AT_A_TIME; n < VALUES; n += 1) {
      put(n);
      map.delete(`k${n - AT_A_TIME}`);
      if (n % 100 === 0) empty();
    }
    empty();
    expect(map.size).to.equal(AT_A_TIME);
    expect(process.memoryUsage().arrayBuffers - before).to.be.below((VALUES * VALUE_BYTES) / 4);
  });
});
