/**
 * The networks that are banned: kept over restarts, shared with the partners, lifted by the operator. What is over is kept
 * for a day, so that partners learn of a lifted ban and a network that goes on is banned for longer.
 */
import { formatNetwork, parseNetwork, type Network } from '../../platform/network/addresses.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { openKeptMap } from '../../platform/maps/kept-map.ts';
import { banAgain, formatBan, isInEffect, latest, MAX_REASON, parseBan, type Ban } from './ban.ts';

export interface BansParts {
  readonly path: string;
  /** False where another process writes it. */
  readonly keeps?: boolean;
  readonly clock: Clock;
  onFault(error: Error): void;
}

/** Where a ban was imposed or lifted: here, at a partner, or in another process of this gateway. */
export type Decided = 'here' | 'partner' | 'worker';

export interface Bans {
  /** The ban that an address falls under, if any. */
  find(address: string): Ban | undefined;
  /** Those in effect, the latest first. */
  list(): Ban[];
  /** For conduct; a network that goes on is banned for longer each time. */
  impose(network: string, forMs: number, reason: string): Ban;
  /** By the operator. */
  add(network: Network, forMs: number, reason: string): Ban;
  /** Every ban that a network or an address of it falls under. @returns those that were */
  lift(network: Network): Ban[];
  /** Calls with every ban that is imposed or lifted here from now on, and of others with those that are news. */
  onChange(listener: (ban: Ban, by: Decided) => void): void;
  /** As a topic of what partners tell each other. */
  look(network: string): string | undefined;
  all(): Iterable<string>;
  take(items: readonly string[], by?: Exclude<Decided, 'here'>): number;
  close(): Promise<void>;
}

const MOST = 20_000;
const KEPT_AFTER_MS = 24 * 3_600_000;

export function openBans({ path, keeps = true, clock, onFault }: BansParts): Bans {
  const kept = openKeptMap<Ban>({
    path,
    keeps,
    most: MOST,
    format: (_network, ban) => formatBan(ban),
    parse: (line) => {
      const ban = parseBan(line);
      return ban && [ban.network, ban];
    },
    onFault,
  });
  const listeners: ((ban: Ban, by: Decided) => void)[] = [];
  /** Lengths of prefix that are banned or were, so that an address is looked up by these only. */
  const prefixes = { 4: new Set<number>(), 6: new Set<number>() };
  const notePrefix = (network: string): void => {
    const parsed = parseNetwork(network);
    if (parsed) prefixes[parsed.family].add(parsed.prefix);
  };
  for (const network of kept.keys()) notePrefix(network);

  function set(given: Ban, by: Decided): Ban {
    const known = kept.get(given.network)?.changedAt ?? 0;
    // The clock of a partner may be ahead: what is done here comes after what is known, all the same.
    const ban = by === 'here' && given.changedAt <= known ? { ...given, changedAt: known + 1 } : given;
    kept.set(ban.network, ban);
    notePrefix(ban.network);
    for (const listener of listeners) listener(ban, by);
    return ban;
  }

  function* covering({ family, base, prefix }: Network): Iterable<Ban> {
    for (const length of prefixes[family]) {
      if (length > prefix) continue;
      const network = parseNetwork(`${base}/${length}`);
      const ban = network && kept.get(formatNetwork(network));
      if (isInEffect(ban, clock.now())) yield ban;
    }
  }

  return {
    find(address) {
      if (kept.size === 0) return undefined;
      const network = parseNetwork(address);
      for (const ban of network ? covering(network) : []) return ban;
      return undefined;
    },
    list: () =>
      [...kept.entries()]
        .map(([, ban]) => ban)
        .filter((ban) => isInEffect(ban, clock.now()))
        .sort((a, b) => b.since - a.since),
    impose: (network, forMs, reason) =>
      set(banAgain(kept.get(network), { network, now: clock.now(), forMs, reason }), 'here'),
    add(of, forMs, reason) {
      const network = formatNetwork(of);
      const now = clock.now();
      const told = reason.slice(0, MAX_REASON);
      const ban = {
        network,
        since: now,
        until: now + forMs,
        times: 1,
        by: 'operator',
        reason: told,
      } as const;
      return set({ ...ban, changedAt: now }, 'here');
    },
    lift(network) {
      const now = clock.now();
      const found = [...covering(network)];
      for (const ban of found) set({ ...ban, until: now, changedAt: now }, 'here');
      return found;
    },
    onChange: (listener) => void listeners.push(listener),
    look(network) {
      const ban = kept.get(network);
      return ban && clock.now() - ban.until < KEPT_AFTER_MS ? formatBan(ban) : undefined;
    },
    all: () => kept.keys(),
    take(items, by = 'partner') {
      const now = clock.now();
      let news = 0;
      for (const item of items) {
        const ban = parseBan(item);
        const network = ban && parseNetwork(ban.network);
        if (!ban || !network || formatNetwork(network) !== ban.network) continue;
        if (now - ban.until >= KEPT_AFTER_MS) continue;
        const own = kept.get(ban.network);
        if (own && latest(own, ban) === own) continue;
        set(ban, by);
        news += 1;
      }
      return news;
    },
    close: () => kept.close(),
  };
}
