/**
 * A DNS plan as JSON for programs, stable: fields are added, never renamed. Names are absolute (final dot), a TXT
 * value is the whole text unquoted, an MX value an object. Notes are talk and not in it. Pure.
 */
import { reverseName } from '../system/reverse-name.ts';
import type { DnsPlan, RecordSet } from './plan.ts';

export function composeJson({ zones, elsewhere, ptr }: DnsPlan): string {
  const plan = {
    zones: zones.map(({ zone, records }) => ({ zone: absolute(zone), records: records.map(recordOf) })),
    elsewhere: elsewhere.map(recordOf),
    ptr: ptr.map(({ address, name }) => ({
      address,
      name: absolute(reverseName(address)),
      value: absolute(name),
    })),
  };
  return `${JSON.stringify(plan, null, 2)}\n`;
}

function recordOf(set: RecordSet): object {
  const { name, type, ttl } = set;
  const values =
    set.type === 'MX'
      ? set.values.map(({ preference, exchange }) => ({ preference, exchange: absolute(exchange) }))
      : set.values;
  return { name: absolute(name), type, ttl, values };
}

const absolute = (name: string): string => `${name}.`;
