/**
 * Composes the DNS zone of the simulated internet: the MX records as `dns plan` publishes them, and loopback
 * addresses for all names in them and of the simulation. Pure.
 */
import type { DnsPlan, MxValue } from '@mailpair/planner/plan';
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';

export interface ZoneRecords {
  readonly A?: readonly string[];
  readonly MX?: readonly MxValue[];
  readonly PTR?: readonly string[];
}

export type Zone = ReadonlyMap<string, ZoneRecords>;

/** @param addresses from name to loopback addresses; each address gets a PTR record with the name */
export function composeZone(
  { zones, elsewhere }: Pick<DnsPlan, 'zones' | 'elsewhere'>,
  addresses: ReadonlyMap<string, readonly string[]>,
): Zone {
  const zone = new Map<string, ZoneRecords>();
  const add = (name: string, records: ZoneRecords): void =>
    void zone.set(name.toLowerCase(), { ...zone.get(name.toLowerCase()), ...records });
  for (const record of [...zones.flatMap(({ records }) => records), ...elsewhere])
    if (record.type === 'MX') add(record.name, { MX: record.values });
  for (const [name, its] of addresses) {
    add(name, { A: its });
    for (const address of its)
      if (!zone.has(reverseName(address))) add(reverseName(address), { PTR: [name.toLowerCase()] });
  }
  return zone;
}
