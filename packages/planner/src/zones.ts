/** Assigns each record to a zone. Pure. */
import { isWithinDomain } from '@mailpair/shared/platform/values/address';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { ZonePlan } from './dns-plan.ts';

/** The longest of the domains that contain a name. */
export const innermost = (name: string, domains: readonly string[]): string | undefined =>
  domains.filter((domain) => isWithinDomain(name, domain)).sort((a, b) => b.length - a.length)[0];

/** The configured zones, and every hosted domain that is in none of them. */
export function zonesOf(domains: readonly string[], named: readonly string[]): string[] {
  const own = domains.map((domain) => innermost(domain, named) ?? domain);
  return [...new Set([...own, ...named])];
}

export interface Placed {
  readonly zones: readonly ZonePlan[];
  readonly elsewhere: readonly RecordSet[];
}

/**
 * Assigns every record set to its zone and merges sets of the same name and type. Zones without records are
 * left out.
 */
export function placeRecords(sets: readonly RecordSet[], zones: readonly string[]): Placed {
  const merged = mergeSets(sets);
  const zone = (set: RecordSet): string | undefined => innermost(set.name, zones);
  return {
    zones: zones
      .map((name) => ({ zone: name, records: merged.filter((set) => zone(set) === name) }))
      .filter(({ records }) => records.length > 0),
    elsewhere: merged.filter((set) => zone(set) === undefined),
  };
}

function mergeSets(sets: readonly RecordSet[]): RecordSet[] {
  const merged = new Map<string, RecordSet>();
  for (const set of sets) {
    const key = `${set.name} ${set.type}`;
    merged.set(key, join(merged.get(key) ?? set, set));
  }
  return [...merged.values()];
}

/** The distinct values of both sets, with the shorter TTL. */
function join(a: RecordSet, b: RecordSet): RecordSet {
  const values = new Map([...a.values, ...b.values].map((value) => [JSON.stringify(value), value]));
  return { ...a, ttl: Math.min(a.ttl, b.ttl), values: [...values.values()] } as RecordSet;
}
