/**
 * Formats a DNS plan as JSON for programs. The format is stable: fields may be added but are never renamed.
 * Names are absolute (with the final dot), a TXT value is the whole text without quotes, and MX, TLSA and CAA
 * values are objects. Notes are not included. Pure.
 */
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';
import { composeJsonText } from './format.ts';
import type { PlanFormat } from './format.ts';
import { absolute } from '@mailpair/shared/dns-records/rdata';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { DnsPlan, ZonePlan } from '../dns-plan.ts';

export const json: PlanFormat = {
  what: 'for programs, as --json',
  compose: composeJson,
  composeZone: (zone) => composeJsonText(zoneOf(zone)),
  caveats: () => [],
};

export function composeJson({ zones, elsewhere, ptr, policies }: DnsPlan): string {
  return composeJsonText({
    zones: zones.map(zoneOf),
    elsewhere: elsewhere.map(recordOf),
    ptr: ptr.map(({ address, name }) => ({
      address,
      name: absolute(reverseName(address)),
      value: absolute(name),
    })),
    policies,
  });
}

const zoneOf = ({ zone, records }: ZonePlan): object => ({
  zone: absolute(zone),
  records: records.map(recordOf),
});

function recordOf(set: RecordSet): object {
  const { name, type, ttl } = set;
  return { name: absolute(name), type, ttl, values: valuesOf(set) };
}

function valuesOf(set: RecordSet): readonly unknown[] {
  if (set.type === 'CNAME') return set.values.map(absolute);
  if (set.type !== 'MX') return set.values;
  return set.values.map(({ preference, exchange }) => ({ preference, exchange: absolute(exchange) }));
}
