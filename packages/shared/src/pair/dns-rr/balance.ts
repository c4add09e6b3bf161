/**
 * What the balancer knows and what follows from it: looks at the nodes go in, the addresses to publish and whether they
 * may be published now come out. Pure: every change gives a new `Balance`.
 *
 * Updates are at least a TTL apart, failed ones included, which wait longer each time. Weights change at the start of
 * a slot only; deaths and returns at once, as far as the TTL lets them.
 */
import { chooseAddresses, isDead } from './choose.ts';
import { afterLook, isUndecided, notLookedAt } from './health.ts';
import type { Answer, Health, Patience } from './health.ts';

export interface Rules extends Patience {
  readonly ttlSeconds: number;
  /** How long a slot is. */
  readonly intervalMs: number;
  /** Nodes that are never withdrawn below. */
  readonly floor: number;
}

/** A node as a look found it. */
export interface NodeLook {
  /** By address, in the order of the configuration. */
  readonly answers: readonly Answer[];
  /** From 0 (idle) to 1 (full); null when it did not say. */
  readonly load: number | null;
}

export interface BalancedNode {
  readonly addresses: readonly { readonly address: string; readonly health: Health }[];
  /** The mean of about a slot. */
  readonly load: number;
  /** Its weight in this slot. */
  readonly weight: number;
}

export interface PublishedAddress {
  readonly address: string;
  readonly ttlSeconds: number;
}

export interface Balance {
  readonly nodes: readonly BalancedNode[];
  readonly slot: number;
  readonly lookedAt: number;
  /** What the name server has; null until it was asked. */
  readonly published: readonly PublishedAddress[] | null;
  /** When the server may be asked or updated again. */
  readonly notBefore: number;
  /** In a row. */
  readonly failures: number;
}

/** Half full: what is said of a node that does not say. Among nodes that all do not, weights are equal. */
const UNKNOWN_LOAD = 0.5;
/** The headroom of a node that is full; its share is small and never none. */
const LEAST_HEADROOM = 0.05;
const LONGEST_REST_MS = 600_000;

export function startBalance(nodes: readonly (readonly string[])[]): Balance {
  return {
    nodes: nodes.map((addresses) => ({
      addresses: addresses.map((address) => ({ address, health: notLookedAt })),
      load: UNKNOWN_LOAD,
      weight: headroomOf(UNKNOWN_LOAD),
    })),
    slot: -1,
    lookedAt: -Infinity,
    published: null,
    notBefore: -Infinity,
    failures: 0,
  };
}

export function withLook(balance: Balance, looks: readonly NodeLook[], now: number, rules: Rules): Balance {
  const slot = Math.floor(now / rules.intervalMs);
  const fresh = 1 - Math.exp(-(now - balance.lookedAt) / rules.intervalMs);
  const nodes = balance.nodes.map((node, index): BalancedNode => {
    const { answers, load: seen } = looks[index]!;
    const load = node.load + fresh * ((seen ?? UNKNOWN_LOAD) - node.load);
    return {
      addresses: node.addresses.map(({ address, health }, at) => ({
        address,
        health: afterLook(health, answers[at]!, rules),
      })),
      load,
      weight: slot === balance.slot ? node.weight : headroomOf(load),
    };
  });
  return { ...balance, nodes, slot, lookedAt: now };
}

const headroomOf = (load: number): number => Math.min(1, Math.max(LEAST_HEADROOM, 1 - load));

/** What ought to stand in DNS now. */
export const wantedOf = ({ nodes, slot }: Balance, { floor }: Rules): string[] =>
  chooseAddresses(nodes, slot, floor);

/** Whether the server may be updated now, and ought to be. */
export function isUpdateDue(balance: Balance, now: number, rules: Rules): boolean {
  const { nodes, published, notBefore } = balance;
  if (published === null || now < notBefore) return false;
  if (nodes.some(({ addresses }) => addresses.some(({ health }) => isUndecided(health)))) return false;
  return !isPublished(wantedOf(balance, rules), published, rules);
}

/** Whether these addresses stand there, with our TTL, and no others. */
export function isPublished(
  wanted: readonly string[],
  published: readonly PublishedAddress[],
  { ttlSeconds }: Rules,
): boolean {
  return (
    published.length === wanted.length &&
    published.every(({ address, ttlSeconds: ttl }) => ttl === ttlSeconds && wanted.includes(address))
  );
}

/** What was read, in an order of its own: name servers rotate their answers. */
export const withPublished = (balance: Balance, published: readonly PublishedAddress[]): Balance => ({
  ...balance,
  published: published.toSorted((a, b) => a.address.localeCompare(b.address)),
});

/** The server has taken an update. */
export function withUpdate(
  balance: Balance,
  addresses: readonly string[],
  now: number,
  rules: Rules,
): Balance {
  const { ttlSeconds } = rules;
  return {
    ...balance,
    published: addresses.map((address) => ({ address, ttlSeconds })),
    notBefore: now + ttlSeconds * 1000,
    failures: 0,
  };
}

/** The server refused, or did not answer; whether it has changed anything is to be asked. */
export function withFailure(balance: Balance, now: number, { ttlSeconds }: Rules): Balance {
  const restMs = Math.max(
    ttlSeconds * 1000,
    Math.min(ttlSeconds * 1000 * 2 ** balance.failures, LONGEST_REST_MS),
  );
  return { ...balance, published: null, notBefore: now + restMs, failures: balance.failures + 1 };
}

/** What is new since an earlier look: nodes that are dead now, or back. */
export function changesOf(before: Balance, after: Balance): { dead: number[]; back: number[] } {
  const indices = after.nodes.map((_, index) => index);
  const wasDead = (index: number): boolean => isDead(before.nodes[index]!);
  return {
    dead: indices.filter((index) => isDead(after.nodes[index]!) && !wasDead(index)),
    back: indices.filter((index) => !isDead(after.nodes[index]!) && wasDead(index)),
  };
}
