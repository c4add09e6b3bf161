/** The lists in DNS that are asked, as configured now. One that stays the same over a reload keeps what is known of it. */
import type { List, Place } from './ask-list.ts';
import { WatchedList, type ListState, type WatchParts } from './watched-list.ts';

export interface DnsLists {
  /** Those that are to be asked from now on. */
  set(lists: readonly List[]): void;
  /** Those that are asked about one of the places. */
  asking(...places: readonly Place[]): readonly WatchedList[];
  states(): readonly ListState[];
  close(): void;
}

const none: readonly WatchedList[] = [];

export function createDnsLists(parts: WatchParts): DnsLists {
  let watched = new Map<string, WatchedList>();
  return {
    set(lists) {
      const before = watched;
      watched = new Map(
        lists.map((list) => {
          const key = JSON.stringify(list);
          return [key, before.get(key) ?? new WatchedList(list, parts)];
        }),
      );
      for (const [key, list] of before) if (!watched.has(key)) list.close();
    },
    asking: (...places) =>
      watched.size === 0
        ? none
        : [...watched.values()].filter(({ list }) => places.some((place) => list.asks.includes(place))),
    states: () => [...watched.values()].map((list) => list.state()),
    close() {
      for (const list of watched.values()) list.close();
    },
  };
}
