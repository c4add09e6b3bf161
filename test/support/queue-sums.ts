/** What the parts of a queue add up to, and what its entries do. */
import type { Spool } from '@mailpair/shared/spool/store/spool';
import { domainOf } from '@mailpair/shared/platform/values/address';
import { dueAt, isOpen, type Entry } from '@mailpair/shared/platform/values/entry';

export interface Sums {
  readonly entries: number;
  readonly sizeBytes: number;
  readonly oldest: string;
  readonly dueAt: number;
}

/** By domain; entries with open recipients in several, and those that are due never, by themselves. */
export function sumsOfParts(spool: Pick<Spool, 'parts'>): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const part of spool.parts())
    if ('entry' in part) add(sums, domainIn(part.entry), sumOf(part.entry));
    else add(sums, part.domain, { ...part, oldest: part.oldest.id });
  return sums;
}

export function sumsOfEntries(spool: Pick<Spool, 'list'>): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const entry of spool.list()) add(sums, domainIn(entry), sumOf(entry));
  return sums;
}

const domainIn = ({ recipients }: Entry): string =>
  [...new Set(recipients.filter(isOpen).map(({ address }) => domainOf(address)))].toSorted().join();

const sumOf = (entry: Entry): Sums => ({
  entries: 1,
  sizeBytes: entry.body.sizeBytes,
  oldest: entry.id,
  dueAt: dueAt(entry),
});

function add(sums: Map<string, Sums>, domain: string, { entries, sizeBytes, oldest, dueAt }: Sums): void {
  const known = sums.get(domain) ?? { entries: 0, sizeBytes: 0, oldest, dueAt };
  sums.set(domain, {
    entries: known.entries + entries,
    sizeBytes: known.sizeBytes + sizeBytes,
    oldest: oldest < known.oldest ? oldest : known.oldest,
    dueAt: Math.min(dueAt, known.dueAt),
  });
}
