/**
 * Formats a DNS plan for Amazon Route 53: a ChangeBatch for each zone, as `aws route53
 * change-resource-record-sets --change-batch` accepts it. UPSERT replaces all records of a name and type. A
 * batch is applied completely or not at all. Pure.
 */
import { byZone, composeJsonText, leftOut, replacedTexts } from './format.ts';
import type { PlanFormat } from './format.ts';
import { absolute, composeRdata } from '@mailpair/shared/dns-records/rdata';
import type { DnsPlan, ZonePlan } from '../dns-plan.ts';

export const route53: PlanFormat = {
  what: 'JSON, by zone: change batch for "aws route53 change-resource-record-sets --change-batch"',
  compose: ({ zones }) => byZone(zones, changeBatch),
  composeZone: (zone) => composeJsonText(changeBatch(zone)),
  caveats: (plan) => [...leftOut(plan), ...replacedTexts(plan), ...tooLarge(plan)],
};

const changeBatch = ({ zone, records }: ZonePlan): { Comment: string; Changes: readonly object[] } => ({
  Comment: `mailpair dns plan for ${zone}`.slice(0, 256),
  Changes: records.map((set) => ({
    Action: 'UPSERT',
    ResourceRecordSet: {
      Name: absolute(set.name),
      Type: set.type,
      TTL: set.ttl,
      ResourceRecords: composeRdata(set).map((Value) => ({ Value })),
    },
  })),
});

/** Amazon permits 1000 changes in one request and counts an UPSERT as two. */
const mostRecords = 1000 / 2;
const mostCharacters = 32_000 / 2;

function tooLarge({ zones }: DnsPlan): string[] {
  return zones
    .filter(({ records }) => {
      const values = records.flatMap(composeRdata);
      return values.length > mostRecords || values.join('').length > mostCharacters;
    })
    .map(
      ({ zone }) =>
        `${zone}: more than Route 53 takes in one request (${mostRecords} records or ${mostCharacters} ` +
        'characters replaced); narrow the plan with --domain.',
    );
}
