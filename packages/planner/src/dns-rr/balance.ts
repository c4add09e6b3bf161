/**
 * The state of the balancer and the decisions that follow from it. Observations of the nodes are the input.
 * The addresses to publish, and whether they may be published now, are the output. Pure: every change returns
 * a new `Balance`.
 *
 * At least one TTL passes between two updates, and failed updates increase this interval. Weights change only
 * at the start of a slot. Addresses of dead nodes are withdrawn, and those of recovered nodes added, as soon
 * as the TTL permits it. Views of other updaters have the same weight as the own view (agreement.ts).
 */
import { agreedNodes, keptForOthers, leads, loadByOthers } from './agreement.ts';
import { chooseAddresses, couldBeChosen, isDead } from './choose.ts';
import { afterLook, isUndecided, notLookedAt } from './health.ts';
import type { Answer, Health, Patience } from './health.ts';
import type { View } from './view.ts';

export interface Rules extends Patience {
  readonly ttlSeconds: number;
  /** The length of a slot in ms. */
  readonly intervalMs: number;
  /** The number of nodes that are always published. */
  readonly floor: number;
}

/** The result of one observation of a node. */
export interface NodeLook {
  /** One answer for each address, in the order of the configuration. */
  readonly answers: readonly Answer[];
  /** From 0 (idle) to 1 (full); null if the node did not report it. */
  readonly load: number | null;
  /** Whether the node reports that it is draining; null if it reports nothing about that. */
  readonly draining: boolean | null;
}

export interface BalancedNode {
  readonly addresses: readonly { readonly address: string; readonly health: Health }[];
  readonly draining: boolean;
  /** The mean load over about one slot, from 0 to 1. */
  readonly load: number;
  /** Whether the node reported its load at the last observation. */
  readonly isLoadKnown: boolean;
  /** The weight of the node in this slot. */
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
  /** The addresses in the name server; null until they have been read. */
  readonly published: readonly PublishedAddress[] | null;
  /** The valid views of other updaters. */
  readonly others: readonly View[];
  /** Whether this updater chooses addresses by load. */
  readonly leads: boolean;
  /** The earliest time (ms since the epoch) of the next update. */
  readonly notBefore: number;
  /** The time (ms since the epoch) until which a failed server is not queried. */
  readonly restsUntil: number;
  /** The number of consecutive failures. */
  readonly failures: number;
}

/**
 * The load that is assumed for a node that reports none. If no node reports a load, all weights are equal.
 */
const UNKNOWN_LOAD = 0.5;
/** The headroom that is assumed for a full node, so that its share is small but never 0. */
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
      // A node that stopped while draining no longer reports. It stays draining until it has been dead and is
      // back.
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

/** The addresses that should be published now. */
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

/** True while the health of a node is not yet determined. */
const isUncertain = ({ nodes }: Balance): boolean =>
  nodes.some(({ addresses }) => addresses.some(({ health }) => isUndecided(health)));

/** Whether the published addresses must change and may change now. */
export function isUpdateDue(balance: Balance, now: number, rules: Rules): boolean {
  const { published, notBefore } = balance;
  if (published === null || now < notBefore || isUncertain(balance)) return false;
  return !isAsWanted(balance, rules);
}

/**
 * Whether the published addresses are the wanted ones. The updater that chooses by load also sets the TTL.
 */
export function isAsWanted(balance: Balance, rules: Rules): boolean {
  const published = balance.published ?? [];
  const wanted = wantedOf(balance, rules);
  if (balance.leads) return isPublished(wanted, published, rules);
  return published.length === wanted.length && published.every(({ address }) => wanted.includes(address));
}

/** Whether exactly these addresses are published with the configured TTL. */
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

/** Stores the published addresses in sorted order, because name servers rotate their answers. */
export const withPublished = (balance: Balance, published: readonly PublishedAddress[]): Balance => ({
  ...balance,
  published: published.toSorted((a, b) => a.address.localeCompare(b.address)),
});

/**
 * Stores the valid views of others. `own` is null for an updater that writes no view; such an updater never
 * chooses by load.
 */
export const withOthers = (
  balance: Balance,
  others: readonly View[],
  own: Pick<View, 'by' | 'since'> | null,
): Balance => ({ ...balance, others, leads: own === null ? others.length === 0 : leads(own, others) });

/** The state after the server has accepted new addresses. */
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

/**
 * The state after the server refused or did not respond. It is unknown whether the server changed anything,
 * so it must be read again.
 */
export function withFailure(balance: Balance, now: number, { ttlSeconds }: Rules): Balance {
  const restMs = Math.max(
    ttlSeconds * 1000,
    Math.min(ttlSeconds * 1000 * 2 ** balance.failures, LONGEST_REST_MS),
  );
  const restsUntil = now + restMs;
  return { ...balance, published: null, notBefore: restsUntil, restsUntil, failures: balance.failures + 1 };
}

/** The indices of the nodes that have died or recovered since `before`. */
export function changesOf(before: Balance, after: Balance): { dead: number[]; back: number[] } {
  const indices = after.nodes.map((_, index) => index);
  const wasDead = (index: number): boolean => isDead(before.nodes[index]!);
  return {
    dead: indices.filter((index) => isDead(after.nodes[index]!) && !wasDead(index)),
    back: indices.filter((index) => !isDead(after.nodes[index]!) && wasDead(index)),
  };
}
