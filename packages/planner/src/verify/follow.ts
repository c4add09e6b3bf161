/** Follows the CNAMEs of a name to its records, as a mail server does. Pure. */
import type { DnsType } from '@mailpair/shared/platform/dns/dns-message';
import type { Lookup, World } from './world.ts';

/** RFC 1034 states no limit; resolvers stop after about this number of aliases. */
const LONGEST_CHAIN = 8;

export function follow<T extends DnsType>(
  world: World,
  name: string,
  type: T,
): Exclude<Lookup<T>, { kind: 'alias' }> {
  let at = name;
  for (let steps = 0; steps <= LONGEST_CHAIN; steps += 1) {
    const lookup = world.lookup(at, type);
    if (lookup.kind !== 'alias') return lookup;
    at = lookup.record.value;
  }
  return { kind: 'none', nameExists: true };
}

export interface Addresses {
  /** IPv4 addresses first. */
  readonly known: readonly string[];
  /** Whether both families are known, so that there are no further addresses. */
  readonly complete: boolean;
}

export function addressesOf(world: World, name: string): Addresses {
  const lookups = (['A', 'AAAA'] as const).map((type) => follow(world, name, type));
  return {
    known: lookups.flatMap((lookup) =>
      lookup.kind === 'records' ? lookup.records.map(({ value }) => value) : [],
    ),
    complete: lookups.every(({ kind }) => kind !== 'unknown'),
  };
}
