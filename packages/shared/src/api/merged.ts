/** What several parts of one gateway answer, put together: each has some of the entries. Pure but for asking. */

import type { Page } from './page.ts';

/** The first answer, asking one after the other. */
export async function firstOf<C, T>(
  controls: readonly C[],
  ask: (control: C) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const control of controls) {
    const answer = await ask(control);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** All answers, asking all at once. */
export const allOf = <C, T>(controls: readonly C[], ask: (control: C) => Promise<T>): Promise<T[]> =>
  Promise.all(controls.map(ask));

/**
 * Pages that begin after the same id as one page, by id. What lies behind the end of the shortest waits for the next page, so that
 * nothing is passed over.
 */
export function mergePages<I extends { readonly id: string }>(
  pages: readonly Page<I>[],
  limit: number,
): Page<I> {
  const ends = pages.map(({ next }) => next).filter((next) => next !== null);
  const end = ends.toSorted()[0] ?? null;
  const items = pages
    .flatMap((page) => page.items)
    .filter(({ id }) => end === null || id <= end)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (items.length <= limit) return { items, next: end };
  const some = items.slice(0, limit);
  return { items: some, next: some.at(-1)!.id };
}

export const sumOf = <T>(values: readonly T[], of: (value: T) => number): number =>
  values.reduce((sum, value) => sum + of(value), 0);

/** Null is passed over; null when there is nothing else. */
export const leastOf = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.min(...known) : null;
};

export const mostOf = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
};
