import { mergeLines } from '@mailpair/shared/api/merged-lines';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const lineOf = (id: string): string => JSON.stringify({ id, more: 'x' });

describe('Lists of several workers', () => {
  let closed: number;

  async function* listOf(ids: readonly string[], together: number): AsyncIterable<readonly string[]> {
    try {
      for (let start = 0; start < ids.length; start += together)
        yield ids.slice(start, start + together).map(lineOf);
    } finally {
      closed += 1;
    }
  }

  it('are one, in the order of ids, however they are spread, and all closed when it is left', async () => {
    const ids = fc.uniqueArray(fc.string({ unit: fc.constantFrom('0', 'A', '_', '-', 'z'), minLength: 1 }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(
        ids,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(50),
        async (all, workers, together, most) => {
          closed = 0;
          const wanted = all.toSorted();
          const lists = Array.from({ length: workers }, (_, worker) =>
            listOf(
              wanted.filter((id) => (all.indexOf(id) * 7) % workers === worker),
              together,
            ),
          );
          const merged: string[] = [];
          for await (const lines of mergeLines(lists)) {
            merged.push(...lines);
            if (merged.length >= most) break;
          }
          expect(merged).to.deep.equal(wanted.slice(0, merged.length).map(lineOf));
          expect(merged.length).to.be.at.least(Math.min(most, all.length));
          expect(closed).to.equal(workers);
        },
      ),
    );
  });
});
