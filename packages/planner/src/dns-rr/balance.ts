/**
 * What the balancer knows and what follows from it: looks at the nodes go in, the addresses to publish and whether they
 * may be published now come out. Pure: every change gives a new `Balance`.
 *
 * Updates are at least a TTL apart, failed ones included, which wait longer each time. Weights change at the start of
 * a slot only; deaths and returns at once, as far as the TTL lets them. The views of other updaters count as much as
 * the own one (agreement.ts).
 */
import { agreedNodes, keptForOthers, leads, loadByOthers } from './agreement.ts';
import { chooseAddresses, couldBeChosen, isDead } from './choose.ts';
import { afterLook, isUndecided, notLookedAt } from './health.ts';
import type { Answer, Health, Patience } from './health.ts';
import type { View } from './view.ts';

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
  /** Whether it says that it is being taken out of service; null when it says nothing about that. */
  readonly draining: boolean | null;
}

export interface BalancedNode {
  readonly addresses: readonly { readonly address: string; readonly health: Health }[];
  readonly draining: boolean;
  /** The mean of about a slot. */
  readonly load: number;
  /** Whether it said so in the last look. */
  readonly isLoadKnown: boolean;
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
  /** The views of other updaters that count. */
  readonly others: readonly View[];
  /** Whether this updater chooses by load. */
  readonly leads: boolean;
  /** When the addresses may be changed again. */
  readonly notBefore: number;
  /** When a server that failed may be asked again. */
  readonly restsUntil: number;
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
      draining: false,
      load: UNKNOWN_LOAD,
      isLoadKnown: false,
      weight: headroomOf(UNKNOWN_LOAD),
    })),
    slot: -1,
    lookedAt: -Infinity,
    published: null,
    others: [],
    leads: true,
    notBefore: -Infinity,
    restsUntil: -Infinity,
    failures: 0,
  };
}

export function withLook(balance: Balance, looks: readonly NodeLook[], now: number, rules: Rules): Balance {
  const slot = Math.floor(now / rules.intervalMs);
  const fresh = 1 - Math.exp(-(now - balance.lookedAt) / rules.intervalMs);
  const nodes = balance.nodes.map((node, index): BalancedNode => {
    const { answers, load: seen, draining } = looks[index]!;
    const said = seen ?? loadByOthers(addressesOf(node), balance.others) ?? UNKNOWN_LOAD;
    const load = node.load + fresh * (said - node.load);
    const addresses = node.addresses.map(({ address, health }, at) => ({
      address,
      health: afterLook(health, answers[at]!, rules),
    }));
    const isBack = addresses.some(
      ({ health }, at) => health.alive && node.addresses[at]!.health.alive === false,
    );
    return {
      addresses,
      // One that ended while it drained says nothing any more, until it has been dead and is back.
      draining: draining ?? (node.draining && !isBack),
      load,
      isLoadKnown: seen !== null,
      weight: slot === balance.slot ? node.weight : headroomOf(load),
    };
  });
  return { ...balance, nodes, slot, lookedAt: now };
}

const addressesOf = ({ addresses }: BalancedNode): string[] => addresses.map(({ address }) => address);

const headroomOf = (load: number): number => Math.min(1, Math.max(LEAST_HEADROOM, 1 - load));

/** What ought to stand in DNS now. */
export function wantedOf(balance: Balance, { floor }: Rules): string[] {
  const { nodes, slot, published, others } = balance;
  const own = nodes.flatMap(addressesOf);
  const standing = (published ?? []).map(({ address }) => address);
  const agreed = agreedNodes(nodes, others);
  const kept = keptForOthers(standing, own, others);
  const standingOwn = standing.filter((address) => !kept.includes(address));
  if (!balance.leads && couldBeChosen(agreed, standingOwn, floor)) return standing;
  return [...chooseAddresses(agreed, slot, floor), ...kept];
}

/** It is not certain yet who is alive. */
const isUncertain = ({ nodes }: Balance): boolean =>
  nodes.some(({ addresses }) => addresses.some(({ health }) => isUndecided(health)));

/** Whether the addresses may be changed now, and ought to be. */
export function isUpdateDue(balance: Balance, now: number, rules: Rules): boolean {
  const { published, notBefore } = balance;
  if (published === null || now < notBefore || isUncertain(balance)) return false;
  return !isAsWanted(balance, rules);
}

/** What stands in DNS is what ought to. The one that chooses by load sets the TTL too. */
export function isAsWanted(balance: Balance, rules: Rules): boolean {
  const published = balance.published ?? [];
  const wanted = wantedOf(balance, rules);
  if (balance.leads) return isPublished(wanted, published, rules);
  return published.length === wanted.length && published.every(({ address }) => wanted.includes(address));
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

/** The views of others that count now; `own` is null for an updater that writes none, and so leaves the choice to them. */
export const withOthers = (
  balance: Balance,
  others: readonly View[],
  own: Pick<View, 'by' | 'since'> | null,
): Balance => ({ ...balance, others, leads: own === null ? others.length === 0 : leads(own, others) });

/** The server has taken new addresses. */
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
  const restsUntil = now + restMs;
  return { ...balance, published: null, notBefore: restsUntil, restsUntil, failures: balance.failures + 1 };
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
