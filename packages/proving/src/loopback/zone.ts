/**
 * What the DNS of the simulated internet says: the MX records as `dns plan` would publish them, and loopback addresses
 * for every name in them and of the simulation. Pure.
 */
import type { DnsPlan, MxValue } from '@mailpair/planner/plan';
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';

export interface ZoneRecords {
  readonly A?: readonly string[];
  readonly MX?: readonly MxValue[];
  readonly PTR?: readonly string[];
}

export type Zone = ReadonlyMap<string, ZoneRecords>;

/** @param addresses name → loopback addresses; each of them has the name in return */
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
