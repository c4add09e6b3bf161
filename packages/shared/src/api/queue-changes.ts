/** What the operator changes about many entries at once: retry, hold, release. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NextHopNames } from './next-hop-names.ts';
import { domainOf, normaliseDomain } from '../platform/values/address.ts';
import { isOpen, type Entry, type RecipientState } from '../platform/values/entry.ts';
import type { QueueFilter, QueueItem } from './queue-item.ts';
import { eachPage, type Page } from './page.ts';
import type { LocalServers } from '../smtp/route/local-servers.ts';
import type { NextHopRest } from '../smtp/route/next-hop-rest.ts';
import type { Clock } from '../platform/time/clock.ts';

/** `domain` is a recipient's domain or the name of a next hop. */
export type Selection = { readonly id: string } | { readonly domain: string } | 'all';

export interface Changed {
  readonly changed: number;
  /** Selected, but as wanted already; for retry: held, so not to be attempted. */
  readonly unchanged: number;
}

export interface QueueChangesParts {
  page(filter: QueueFilter, limit: number, after?: string): Promise<Page<QueueItem>>;
  names(): NextHopNames;
  change(id: string, how: (entry: Entry) => Entry | null): Promise<Entry | undefined>;
  /** Absent when no gateway runs. */
  readonly running?: { readonly rest: NextHopRest; readonly localServers: Pick<LocalServers, 'probeNow'> };
  readonly clock: Clock;
}

export type QueueChanges = Record<'retry' | 'hold' | 'release', (which: Selection) => Promise<Changed>>;

/** Entries changed together, sharing the syncs of the disk. */
const CHANGES_TOGETHER = 500;

export function createQueueChanges({ page, names, change, running, clock }: QueueChangesParts): QueueChanges {
  async function* selected(which: Selection): AsyncIterable<readonly string[]> {
    if (which !== 'all' && 'id' in which) {
      yield [which.id];
      return;
    }
    const filter = which === 'all' ? {} : { domain: which.domain };
    for await (const { items } of eachPage((after) => page(filter, CHANGES_TOGETHER, after))) {
      yield items.map(({ id }) => id);
      await nextTurn();
    }
  }

  /** `how` gives the entry itself when it is as wanted. */
  async function changeAll(which: Selection, how: (entry: Entry) => Entry): Promise<Changed> {
    let [changed, unchanged] = [0, 0];
    const changeOne = async (id: string): Promise<void> => {
      await change(id, (entry) => {
        const after = how(entry);
        if (after === entry) unchanged += 1;
        else changed += 1;
        return after;
      });
    };
    for await (const ids of selected(which)) await Promise.all(ids.map(changeOne));
    return { changed, unchanged };
  }

  function retry(which: Selection): Promise<Changed> {
    const nextHops = names();
    if (which === 'all') running?.rest.end();
    running?.localServers.probeNow(clock.now());
    return changeAll(which, (entry) => {
      if (entry.held) return entry;
      const now = clock.now();
      const recipients = entry.recipients.map((recipient) => {
        const wanted = which === 'all' || 'id' in which || belongsTo(recipient, which.domain, nextHops);
        if (!wanted || !isOpen(recipient)) return recipient;
        running?.rest.end(nextHops.nameOf(recipient.address));
        return { ...recipient, dueAt: Math.min(recipient.dueAt, now) };
      });
      return { ...entry, recipients };
    });
  }

  return {
    retry,
    hold: (which) => changeAll(which, (entry) => (entry.held ? entry : { ...entry, held: true })),
    release: (which) => changeAll(which, (entry) => (entry.held ? letGo(entry) : entry)),
  };
}

const letGo = ({ heldFor: _, ...entry }: Entry): Entry => ({ ...entry, held: false });

/** Whether a recipient belongs to a domain or next hop. */
const belongsTo = ({ address }: RecipientState, domain: string, nextHops: NextHopNames): boolean =>
  domainOf(address) === normaliseDomain(domain) || nextHops.nameOf(address) === domain;
