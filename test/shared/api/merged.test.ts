import { mergePages } from '@mailpair/shared/api/merged';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

interface Item {
  readonly id: string;
}

/** A page as one worker gives it: it looks at so many entries, of which only some match. */
function pageOf(
  entries: readonly number[],
  limit: number,
  scan: number,
  after: string,
): { items: Item[]; next: string | null } {
  const items: Item[] = [];
  let seen = 0;
  for (const entry of entries.toSorted((a, b) => a - b)) {
    const id = String(entry).padStart(4, '0');
    if (id <= after) continue;
    if (entry % 3 !== 0) items.push({ id });
    seen += 1;
    if (items.length >= limit || seen >= scan) return { items, next: id };
  }
  return { items, next: null };
}

describe('pages of several workers', () => {
  it('give every entry once and in order, however they are spread', () => {
    const entries = fc.uniqueArray(fc.nat(9_999), { maxLength: 60 });
    const workers = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(
        entries,
        workers,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (all, of, limit, scan) => {
          const parts = Array.from({ length: of }, (_, worker) =>
            all.filter((_, n) => (n * 7) % of === worker),
          );
          const listed: string[] = [];
          let after: string | null = '';
          while (after !== null) {
            const from: string = after;
            const page: { items: readonly Item[]; next: string | null } = mergePages(
              parts.map((part) => pageOf(part, limit, scan, from)),
              limit,
            );
            expect(page.items.length).to.be.at.most(limit);
            if (page.next !== null) expect(page.next > from).to.equal(true);
            listed.push(...page.items.map(({ id }) => id));
            after = page.next;
          }
          const wanted = all
            .filter((entry) => entry % 3 !== 0)
            .map((entry) => String(entry).padStart(4, '0'));
          expect(listed).to.deep.equal(wanted.toSorted());
        },
      ),
    );
  });
});
