/** Picks from a plan what a test is about. */
import type { DnsPlan, RecordSet } from '@mailpair/planner/plan';

export const allSets = ({ zones, elsewhere }: DnsPlan): readonly RecordSet[] => [
  ...zones.flatMap(({ records }) => records),
  ...elsewhere,
];

/** The values at a name; undefined when nothing of the type is planned there. */
export const valuesAt = (
  plan: DnsPlan,
  name: string,
  type: RecordSet['type'],
): readonly unknown[] | undefined =>
  allSets(plan).find((set) => set.name === name && set.type === type)?.values;

export const textAt = (plan: DnsPlan, name: string): unknown => valuesAt(plan, name, 'TXT')?.[0];

export const namesOfType = (plan: DnsPlan, type: RecordSet['type']): string[] =>
  allSets(plan).flatMap((set) => (set.type === type ? [set.name] : []));
