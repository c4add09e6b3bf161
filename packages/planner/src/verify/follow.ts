/**
 * A name's records at the end of its CNAMEs, as a mail server would get them. Pure.
 */
import type { DnsType } from '@mailpair/shared/platform/dns/dns-message';
import type { Lookup, World } from './world.ts';

/** RFC 1034 names no limit; resolvers give up at about so many. */
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
  /** IPv4 first. */
  readonly known: readonly string[];
  /** Both families are known, so that there are no more. */
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
