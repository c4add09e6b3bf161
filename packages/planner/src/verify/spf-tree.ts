/**
 * Resolves an SPF record with everything that it includes, as a receiver does that finds no match before the
 * end. The counts are therefore the maximum for any receiver (RFC 7208 §4.6.4). Pure.
 */
import {
  normaliseAddress,
  parseNetwork,
  createNetworks,
  formatNetwork,
} from '@mailpair/shared/platform/network/addresses';
import type { Network } from '@mailpair/shared/platform/network/addresses';
import { addressesOf, follow } from './follow.ts';
import { isSpf, parseSpf } from '@mailpair/shared/dns-records/spf-record';
import type { Qualifier, SpfTerm } from '@mailpair/shared/dns-records/spf-record';
import type { World } from './world.ts';

export interface SpfTree {
  /**
   * The terms in the order of evaluation, followed by those of the `redirect` target if there is no `all`.
   */
  readonly branches: readonly Branch[];
  readonly lookups: number;
  /** Look-ups without a result (void look-ups). */
  readonly voids: readonly string[];
  /** Faults for which a receiver returns permerror. */
  readonly errors: readonly string[];
  /** A look-up failed, so the tree may be incomplete. */
  readonly isUncertain: boolean;
}

type Branch =
  | { readonly kind: 'all'; readonly qualifier: Qualifier }
  | { readonly kind: 'networks'; readonly qualifier: Qualifier; readonly networks: readonly Network[] }
  | { readonly kind: 'include'; readonly qualifier: Qualifier; readonly tree: SpfTree };

/** The maximum number of hosts of a term `mx` (RFC 7208 §4.6.4). */
const MOST_EXCHANGES = 10;

/** The SPF records of a name; undefined if they are unknown. */
function spfTextsOf(world: World, name: string): string[] | undefined {
  const lookup = follow(world, name, 'TXT');
  if (lookup.kind === 'unknown') return undefined;
  return lookup.kind === 'records' ? lookup.records.map(({ value }) => value).filter(isSpf) : [];
}

/**
 * The position of a term: the domains whose records led to it, and the number of records that may still be
 * followed.
 */
interface Place {
  readonly path: readonly string[];
  readonly budget: { left: number };
}

/** Receivers stop after ten look-ups, but a hostile record could lead to millions of others. */
const MOST_RECORDS = 60;

export const growSpf = (world: World, domain: string, text: string): SpfTree =>
  growRecord(world, domain, text, { path: [], budget: { left: MOST_RECORDS } });

function growRecord(world: World, domain: string, text: string, above: Place): SpfTree {
  const { terms, redirect, unreadable } = parseSpf(text);
  const place = { ...above, path: [...above.path, domain] };
  const parts = terms.map((term) => growTerm(world, domain, term, place));
  if (redirect !== null && !terms.some(({ kind }) => kind === 'all'))
    parts.push(growReference(world, redirect, 'redirect', place, (tree) => [...tree.branches]));
  return sum(parts, {
    ...bare,
    errors: unreadable.map((word) => `${word} in the record of ${domain} is no term of SPF`),
  });
}

const bare: SpfTree = { branches: [], lookups: 0, voids: [], errors: [], isUncertain: false };

const sum = (parts: readonly SpfTree[], start: SpfTree): SpfTree =>
  parts.reduce(
    (all, part) => ({
      branches: [...all.branches, ...part.branches],
      lookups: all.lookups + part.lookups,
      voids: [...all.voids, ...part.voids],
      errors: [...all.errors, ...part.errors],
      isUncertain: all.isUncertain || part.isUncertain,
    }),
    start,
  );

function growTerm(world: World, domain: string, term: SpfTerm, place: Place): SpfTree {
  const { qualifier } = term;
  switch (term.kind) {
    case 'all':
      return { ...bare, branches: [{ kind: 'all', qualifier }] };
    case 'network':
      return { ...bare, branches: [{ kind: 'networks', qualifier, networks: [term.network] }] };
    case 'exists':
    case 'ptr':
      return { ...bare, lookups: 1 };
    case 'a':
      return growAddresses(world, [term.domain ?? domain], term);
    case 'mx':
      return growExchanges(world, term.domain ?? domain, term);
    case 'include':
      return growReference(world, term.domain, 'include', place, (tree) => [
        { kind: 'include', qualifier, tree },
      ]);
  }
}

type HostTerm = Extract<SpfTerm, { kind: 'a' | 'mx' }>;

function growAddresses(world: World, names: readonly string[], { qualifier, prefixes }: HostTerm): SpfTree {
  // Macros are expanded only at a delivery.
  if (names.some((name) => name.includes('%'))) return { ...bare, lookups: 1 };
  const found = names.map((name) => ({ name, ...addressesOf(world, name) }));
  const networks = found.flatMap(({ known }) =>
    known.flatMap((address) => {
      const literal = normaliseAddress(address);
      return parseNetwork(`${literal}/${prefixes[literal.includes(':') ? 6 : 4]}`) ?? [];
    }),
  );
  return {
    ...bare,
    branches: [{ kind: 'networks', qualifier, networks }],
    lookups: 1,
    voids: found.filter(({ known, complete }) => complete && known.length === 0).map(({ name }) => name),
    isUncertain: found.some(({ complete }) => !complete),
  };
}

function growExchanges(world: World, name: string, term: HostTerm): SpfTree {
  if (name.includes('%')) return { ...bare, lookups: 1 };
  const lookup = follow(world, name, 'MX');
  if (lookup.kind === 'unknown') return { ...bare, lookups: 1, isUncertain: true };
  if (lookup.kind === 'none') return { ...bare, lookups: 1, voids: [name] };
  const hosts = lookup.records.map(({ value }) => value.exchange).filter((host) => host !== '');
  const tree = growAddresses(world, hosts, term);
  if (hosts.length <= MOST_EXCHANGES) return { ...tree, voids: [] };
  return { ...tree, voids: [], errors: [`mx:${name} leads to ${hosts.length} hosts, more than 10`] };
}

function growReference(
  world: World,
  name: string,
  by: 'include' | 'redirect',
  { path, budget }: Place,
  branch: (tree: SpfTree) => Branch[],
): SpfTree {
  if (name.includes('%')) return { ...bare, lookups: 1 };
  if (path.includes(name)) return { ...bare, lookups: 1, errors: [`${name} leads back to itself`] };
  if (budget.left <= 0) return { ...bare, lookups: 1, isUncertain: true };
  budget.left -= 1;
  const texts = spfTextsOf(world, name);
  if (texts === undefined) return { ...bare, lookups: 1, isUncertain: true };
  const [text] = texts;
  if (text === undefined || texts.length > 1) {
    const has = texts.length === 0 ? 'has no SPF record' : `has ${texts.length} SPF records`;
    return { ...bare, lookups: 1, voids: voidAt(world, name), errors: [`${by} of ${name}, which ${has}`] };
  }
  const tree = growRecord(world, name, text, { path, budget });
  return { ...tree, branches: branch(tree), lookups: tree.lookups + 1 };
}

const voidAt = (world: World, name: string): string[] =>
  follow(world, name, 'TXT').kind === 'none' ? [name] : [];

/** The result of a receiver for an address; undefined if no term matches. */
export function resultFor(tree: SpfTree, address: string): Qualifier | undefined {
  for (const branch of tree.branches) {
    if (branch.kind === 'all') return branch.qualifier;
    const matches =
      branch.kind === 'include'
        ? resultFor(branch.tree, address) === '+'
        : createNetworks(branch.networks.map(formatNetwork)).has(address);
    if (matches) return branch.qualifier;
  }
  return undefined;
}
