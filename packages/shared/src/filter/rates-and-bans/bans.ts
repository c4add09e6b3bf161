/**
 * The networks that are banned. Bans survive a restart, are shared with the partners, and can be lifted by the operator.
 * A ban that has ended is kept for a day: partners learn that it was lifted, and a network that continues is banned for longer.
 */
import { formatNetwork, parseNetwork, type Network } from '../../platform/network/addresses.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { openKeptMap, type KeptMap } from '../../platform/maps/kept-map.ts';
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

type ChangeListener = (ban: Ban, by: Decided) => void;

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
  return new Bans(kept, clock);
}

export class Bans {
  readonly #kept: KeptMap<Ban>;
  readonly #clock: Clock;
  readonly #listeners: ChangeListener[] = [];
  /** The prefix lengths of all bans so far. An address is looked up with these lengths only. */
  readonly #prefixes = { 4: new Set<number>(), 6: new Set<number>() };

  constructor(kept: KeptMap<Ban>, clock: Clock) {
    this.#kept = kept;
    this.#clock = clock;
    for (const network of kept.keys()) this.#notePrefix(network);
  }

  /** The ban that an address falls under, if any. */
  find(address: string): Ban | undefined {
    if (this.#kept.size === 0) return undefined;
    const network = parseNetwork(address);
    for (const ban of network ? this.#covering(network) : []) return ban;
    return undefined;
  }

  /** The bans in effect, the latest first. */
  list(): Ban[] {
    const now = this.#clock.now();
    return [...this.#kept.entries()]
      .map(([, ban]) => ban)
      .filter((ban) => isInEffect(ban, now))
      .sort((a, b) => b.since - a.since);
  }

  /** Imposed for conduct. Each further ban of a network lasts longer. */
  impose(network: string, forMs: number, reason: string): Ban {
    const before = this.#kept.get(network);
    return this.#set(banAgain(before, { network, now: this.#clock.now(), forMs, reason }), 'here');
  }

  /** Imposed by the operator. */
  add(network: Network, forMs: number, reason: string): Ban {
    const now = this.#clock.now();
    const ban: Ban = {
      network: formatNetwork(network),
      since: now,
      until: now + forMs,
      times: 1,
      by: 'operator',
      reason: reason.slice(0, MAX_REASON),
      changedAt: now,
    };
    return this.#set(ban, 'here');
  }

  /** Lifts every ban that the network or an address of it falls under. @returns the lifted bans as they were */
  lift(network: Network): Ban[] {
    const now = this.#clock.now();
    const found = [...this.#covering(network)];
    for (const ban of found) this.#set({ ...ban, until: now, changedAt: now }, 'here');
    return found;
  }

  /** The listener is called with each ban that is imposed or lifted from now on, here or elsewhere. */
  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  // The next three are a topic of what partners tell each other. They are passed on without their object.

  readonly look = (network: string): string | undefined => {
    const ban = this.#kept.get(network);
    return ban && !this.#isForgotten(ban) ? formatBan(ban) : undefined;
  };

  readonly all = (): Iterable<string> => this.#kept.keys();

  /** @returns how many of the items were news */
  readonly take = (items: readonly string[], by: Exclude<Decided, 'here'> = 'partner'): number => {
    let news = 0;
    for (const item of items) {
      const ban = parseBan(item);
      if (!ban || !this.#isNews(ban)) continue;
      this.#set(ban, by);
      news += 1;
    }
    return news;
  };

  close(): Promise<void> {
    return this.#kept.close();
  }

  #set(given: Ban, by: Decided): Ban {
    const known = this.#kept.get(given.network)?.changedAt ?? 0;
    // The clock of a partner may be ahead. A change made here still counts as later than every known change.
    const ban = by === 'here' && given.changedAt <= known ? { ...given, changedAt: known + 1 } : given;
    this.#kept.set(ban.network, ban);
    this.#notePrefix(ban.network);
    for (const listener of this.#listeners) listener(ban, by);
    return ban;
  }

  #notePrefix(network: string): void {
    const parsed = parseNetwork(network);
    if (parsed) this.#prefixes[parsed.family].add(parsed.prefix);
  }

  *#covering({ family, base, prefix }: Network): Iterable<Ban> {
    for (const length of this.#prefixes[family]) {
      if (length > prefix) continue;
      const network = parseNetwork(`${base}/${length}`);
      const ban = network && this.#kept.get(formatNetwork(network));
      if (isInEffect(ban, this.#clock.now())) yield ban;
    }
  }

  #isForgotten(ban: Ban): boolean {
    return this.#clock.now() - ban.until >= KEPT_AFTER_MS;
  }

  /** True for a ban of a well-formed network that is not older than the ban known here. */
  #isNews(ban: Ban): boolean {
    const network = parseNetwork(ban.network);
    if (!network || formatNetwork(network) !== ban.network || this.#isForgotten(ban)) return false;
    const own = this.#kept.get(ban.network);
    return own === undefined || latest(own, ban) !== own;
  }
}
