/**
 * Limits hold for all workers of a gateway together: what one counts it tells the others, gathered for a moment. What clients do
 * in that moment, at several workers at once, may exceed a limit by as much.
 */
import type { ConnectionCounter } from '../../smtp/server/limits.ts';
import type { Conduct, CountName } from '../../filter/rates-and-bans/conduct.ts';
import type { Counted, Ledger } from '../../directory/submitters/ledger.ts';
import type { Sibling } from './siblings.ts';

/** Counts are told as they are, not by how much they changed: a message too few or too many does no harm. */
interface Connections {
  readonly total: number;
  readonly counts: readonly [key: string, count: number][];
}

/** Open connections: in total, by client, by network. @param told called when others have more or fewer */
export function shareConnections(
  { slot, siblings }: Sibling,
  counter: ConnectionCounter,
  told: () => void,
): void {
  if (slot.of === 1) return;
  const touched = new Set<string>();
  const known = new Map<string, number>();
  let toldTotal = 0;
  const changed = siblings.add({
    name: 'connections',
    news(): Connections | undefined {
      const counts = counter.counts(touched).filter(([key, count]) => count !== (known.get(key) ?? 0));
      touched.clear();
      for (const [key, count] of counts)
        if (count > 0) known.set(key, count);
        else known.delete(key);
      if (counts.length === 0 && toldTotal === counter.total) return undefined;
      toldTotal = counter.total;
      return { total: toldTotal, counts };
    },
    all: (): Connections => ({ total: toldTotal, counts: [...known] }),
    take(given, from) {
      const { total, counts } = given as Connections;
      counter.countToo(from, total, counts);
      told();
    },
    gone(worker) {
      counter.forget(worker);
      told();
    },
  });
  counter.changed = (key) => {
    touched.add(key);
    changed();
  };
}

type Rates = Partial<Record<CountName, readonly (readonly [key: string, amount: number])[]>>;

/** Rates of connections, messages and recipients, and the credit of who asks for unknown ones. */
export function shareRates(
  { slot, siblings }: Sibling,
  conduct: Pick<Conduct, 'counted' | 'countToo'>,
): void {
  if (slot.of === 1) return;
  let fresh = new Map<CountName, Map<string, number>>();
  const changed = siblings.add({
    name: 'rates',
    news(): Rates | undefined {
      if (fresh.size === 0) return undefined;
      const rates: Rates = Object.fromEntries([...fresh].map(([table, counts]) => [table, [...counts]]));
      fresh = new Map();
      return rates;
    },
    all: () => undefined,
    take(given) {
      for (const [table, counts] of Object.entries(given as Rates))
        for (const [key, amount] of counts) conduct.countToo(table as CountName, key, amount);
    },
  });
  conduct.counted = (table, key, amount) => {
    const counts = fresh.get(table) ?? new Map<string, number>();
    fresh.set(table, counts);
    counts.set(key, (counts.get(key) ?? 0) + amount);
    changed();
  };
}

/** What submitters sent. @returns what is told of each message, and where it is counted here */
export function shareSubmitted(
  { slot, siblings }: Sibling,
  ledger: () => Pick<Ledger, 'countToo'>,
): ((name: string, more: Counted) => void) | undefined {
  if (slot.of === 1) return undefined;
  let fresh = new Map<string, Counted>();
  const changed = siblings.add({
    name: 'submitted',
    news() {
      const counts = fresh.size > 0 ? [...fresh] : undefined;
      fresh = new Map();
      return counts;
    },
    all: () => undefined,
    take(given) {
      for (const [name, more] of given as [string, Counted][]) ledger().countToo(name, more);
    },
  });
  return (name, more) => {
    const before: Counted = fresh.get(name) ?? { messages: 0, recipients: 0, refused: 0 };
    fresh.set(name, {
      ...before,
      ...more,
      messages: before.messages + more.messages,
      recipients: before.recipients + more.recipients,
      refused: before.refused + more.refused,
    });
    changed();
  };
}
