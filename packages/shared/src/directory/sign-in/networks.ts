/**
 * From which clients each account signed in during the last 30 days. Kept over restarts and shared with the partners; bounded
 * by accounts and by clients of an account, so that one that was taken over does not push out the others.
 */
import type { Clock } from '../../platform/time/clock.ts';
import { openKeptMap } from '../../platform/maps/kept-map.ts';
import { LONGEST_ACCOUNT, originOf, type Standing } from './attempt.ts';

export interface SignInNetworksParts {
  readonly path: string;
  /** False where another process writes it. */
  readonly keeps: boolean;
  readonly clock: Clock;
  onFault(error: Error): void;
}

export interface SignInNetworks {
  standing(account: string, client: string): Standing;
  /** The account signed in from there. @returns the key of what is to be told of it; null when that is nothing new */
  note(account: string, client: string): string | null;
  /** As a topic of what partners tell each other. */
  look(key: string): string | undefined;
  all(): Iterable<string>;
  take(items: readonly string[]): number;
  close(): Promise<void>;
}

const KEPT_MS = 30 * 24 * 3_600_000;
/** A client that comes back sooner is not written down again. */
const NEWS_MS = 24 * 3_600_000;
const MOST_ACCOUNTS = 10_000;
const MOST_CLIENTS = 64;

/** When it signed in last, by client; the longest ago first. */
type Clients = ReadonlyMap<string, number>;

export function openSignInNetworks({ path, keeps, clock, onFault }: SignInNetworksParts): SignInNetworks {
  const kept = openKeptMap<Clients>({
    path,
    keeps,
    most: MOST_ACCOUNTS,
    format: (account, clients) => JSON.stringify([account, [...clients]]),
    parse: parseLine,
    onFault,
  });
  const isRecent = (at: number | undefined): at is number => at !== undefined && clock.now() - at < KEPT_MS;

  function set(account: string, client: string, at: number): void {
    const clients = [...(kept.get(account) ?? [])].filter(
      ([other, when]) => other !== client && isRecent(when),
    );
    clients.push([client, at]);
    kept.set(account, new Map(clients.sort(([, a], [, b]) => a - b).slice(-MOST_CLIENTS)));
  }

  return {
    standing(account, client) {
      const clients = kept.get(account);
      if (!clients) return 'new';
      if (isRecent(clients.get(client))) return 'known';
      return isRecent(networksOf(clients).get(originOf(client).network)) ? 'nearby' : 'new';
    },
    note(account, client) {
      const now = clock.now();
      const before = kept.get(account)?.get(client);
      if (before !== undefined && Math.abs(now - before) < NEWS_MS) return null;
      set(account, client, now);
      return `${client} ${account}`;
    },
    look(key) {
      const space = key.indexOf(' ');
      const [client, account] = [key.slice(0, space), key.slice(space + 1)];
      const at = kept.get(account)?.get(client);
      return isRecent(at) ? JSON.stringify([account, client, at]) : undefined;
    },
    *all() {
      for (const [account, clients] of kept.entries())
        for (const client of clients.keys()) yield `${client} ${account}`;
    },
    take(items) {
      let news = 0;
      for (const item of items) {
        const [account, client, told] = parseItem(item) ?? [];
        if (account === undefined || client === undefined || told === undefined) continue;
        const at = Math.min(told, clock.now());
        if (!isRecent(at) || at <= (kept.get(account)?.get(client) ?? 0)) continue;
        set(account, client, at);
        news += 1;
      }
      return news;
    },
    close: () => kept.close(),
  };
}

const networks = new WeakMap<Clients, ReadonlyMap<string, number>>();

/** When the account signed in last, by neighbourhood. */
function networksOf(clients: Clients): ReadonlyMap<string, number> {
  let found = networks.get(clients);
  if (!found)
    networks.set(
      clients,
      (found = new Map([...clients].map(([client, at]) => [originOf(client).network, at]))),
    );
  return found;
}

function parseItem(text: string): [account: string, client: string, at: number] | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    if (!Array.isArray(value)) return undefined;
    const [account, client, at] = value as unknown[];
    if (!isAccount(account) || !isSeen([client, at])) return undefined;
    const given = client as string;
    return originOf(given).client === given ? [account, given, at as number] : undefined;
  } catch {
    return undefined;
  }
}

function parseLine(line: string): [account: string, clients: Clients] | undefined {
  try {
    const [account, clients] = JSON.parse(line) as unknown[];
    if (!isAccount(account) || !Array.isArray(clients)) return undefined;
    return [account, new Map(clients.filter(isSeen).slice(-MOST_CLIENTS))];
  } catch {
    return undefined;
  }
}

const isAccount = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= LONGEST_ACCOUNT;

function isSeen(value: unknown): value is [client: string, at: number] {
  if (!Array.isArray(value)) return false;
  const [client, at] = value as unknown[];
  return typeof client === 'string' && Number.isSafeInteger(at);
}
