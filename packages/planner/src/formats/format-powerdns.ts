/**
 * Formats a DNS plan for the API of a PowerDNS server: for each zone the body of `PATCH
 * /api/v1/servers/localhost/zones/ZONE.`. REPLACE replaces all records of the same name and type. Pure.
 */
import { byZone, composeJsonText, leftOut, replacedTexts } from './format.ts';
import type { PlanFormat } from './format.ts';
import { absolute, composeRdata } from '@mailpair/shared/dns-records/rdata';
import type { ZonePlan } from '../dns-plan.ts';

export const powerdns: PlanFormat = {
  what: 'JSON, by zone: body for PATCH /api/v1/servers/localhost/zones/ZONE.',
  compose: ({ zones }) => byZone(zones, patch),
  composeZone: (zone) => composeJsonText(patch(zone)),
  caveats: (plan) => [...leftOut(plan), ...replacedTexts(plan)],
};

const patch = ({ records }: ZonePlan): { rrsets: readonly object[] } => ({
  rrsets: records.map((set) => ({
    name: absolute(set.name),
    type: set.type,
    ttl: set.ttl,
    changetype: 'REPLACE',
    records: composeRdata(set).map((content) => ({ content, disabled: false })),
  })),
});
