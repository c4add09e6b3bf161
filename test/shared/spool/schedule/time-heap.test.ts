import { TimeHeap } from '@mailpair/shared/spool/schedule/time-heap';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

interface Thing {
  lookAt: number;
  isIn: boolean;
}

describe('TimeHeap', () => {
  it('gives out what was put in by time, each at its last time, and not what is no longer wanted', () => {
    const step = fc.record({ thing: fc.nat(9), at: fc.nat(50), isIn: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const things = Array.from({ length: 10 }, (): Thing => ({ lookAt: Infinity, isIn: false }));
        const heap = new TimeHeap<Thing>(({ isIn }) => isIn);
        for (const { thing, at, isIn } of steps) {
          things[thing]!.isIn = isIn;
          if (!isIn) continue;
          things[thing]!.lookAt = at;
          heap.put(things[thing]!, at);
        }
        const wanted = things.filter(({ isIn }) => isIn).map(({ lookAt }) => lookAt);
        expect(heap.first).to.equal(Math.min(Infinity, ...wanted));
        const given: number[] = [];
        for (let thing = heap.take(Infinity); thing; thing = heap.take(Infinity)) {
          given.push(thing.lookAt);
          thing.isIn = false;
        }
        expect(given).to.deep.equal(wanted.toSorted((a, b) => a - b));
      }),
    );
  });

  it('gives out nothing before its time', () => {
    const heap = new TimeHeap<Thing>(() => true);
    const thing = { lookAt: 5, isIn: true };
    heap.put(thing, 5);
    expect(heap.take(4)).to.equal(undefined);
    expect(heap.take(5)).to.equal(thing);
    expect(heap.first).to.equal(Infinity);
  });

  it('does not grow with what is put in again and again', () => {
    const heap = new TimeHeap<Thing>(() => true);
    const thing = { lookAt: 0, isIn: true };
    const first = { lookAt: -1, isIn: true };
    heap.put(first, -1);
    for (let at = 0; at < 100_000; at += 1) {
      thing.lookAt = at;
      heap.put(thing, at);
    }
    expect(heap.size).to.be.at.most(20_000);
    expect([heap.take(Infinity), heap.take(Infinity), heap.take(Infinity)]).to.deep.equal([
      first,
      thing,
      undefined,
    ]);
  });
});
