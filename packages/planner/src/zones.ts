/** Which zone each record belongs to. Pure. */
import { isWithinDomain } from '@mailpair/shared/platform/values/address';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { ZonePlan } from './dns-plan.ts';

/** The innermost of the domains that a name lies in. */
export const innermost = (name: string, domains: readonly string[]): string | undefined =>
  domains.filter((domain) => isWithinDomain(name, domain)).sort((a, b) => b.length - a.length)[0];

/** The zones: those named, and every hosted domain that lies in none of them. */
export function zonesOf(domains: readonly string[], named: readonly string[]): string[] {
  const own = domains.map((domain) => innermost(domain, named) ?? domain);
  return [...new Set([...own, ...named])];
}

export interface Placed {
  readonly zones: readonly ZonePlan[];
  readonly elsewhere: readonly RecordSet[];
}

/** Every record set in its zone, those of one name and type made one. Zones without records are left out. */
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

/** Values of both, each once, with the shorter time. */
function join(a: RecordSet, b: RecordSet): RecordSet {
  const values = new Map([...a.values, ...b.values].map((value) => [JSON.stringify(value), value]));
  return { ...a, ttl: Math.min(a.ttl, b.ttl), values: [...values.values()] } as RecordSet;
}
