/**
 * Formats a DNS plan as commands for nsupdate (RFC 2136): one update for each zone, which the server applies
 * completely or not at all. Every set is deleted and added again, so a second run changes nothing. Pure.
 */
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';
import { leftOut, replacedTexts } from './format.ts';
import type { FormatOptions, PlanFormat } from './format.ts';
import { absolute, composeRdata } from '@mailpair/shared/dns-records/rdata';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { DnsPlan, ZonePlan } from '../dns-plan.ts';

export const nsupdate: PlanFormat = {
  what: 'commands for nsupdate, one update a zone (--server, --key-file)',
  compose: composeNsupdate,
  composeZone: (zone, options) => `${[...heading(options), ...composeUpdate(zone)].join('\n')}\n`,
  caveats: (plan) => [...leftOut({ ...plan, ptr: [] }), ...replacedTexts(plan)],
};

function composeNsupdate({ zones, ptr }: DnsPlan, options: FormatOptions): string {
  const requests = ptr.map(
    ({ address, name }) => `; update add ${absolute(reverseName(address))} 3600 PTR ${absolute(name)}`,
  );
  return [
    ...heading(options),
    ...zones.flatMap(composeUpdate),
    ...(requests.length > 0 ? ["; PTR records to request from the addresses' owner", ...requests] : []),
    '',
  ].join('\n');
}

function heading({ server, keyFile }: FormatOptions): string[] {
  return [
    `; nsupdate ${keyFile === undefined ? '' : `-k ${keyFile} `}FILE`,
    ...(server ? [`server ${server.host} ${server.port}`] : []),
  ];
}

const composeUpdate = ({ zone, records }: ZonePlan): string[] => [
  `zone ${absolute(zone)}`,
  ...records.flatMap(replace),
  'send',
];

/**
 * A server silently ignores a CNAME beside other records, and other records beside a CNAME (RFC 2136
 * §3.4.2.2).
 */
function replace(set: RecordSet): string[] {
  const name = absolute(set.name);
  const inTheWay =
    set.type === 'CNAME' ? ['A', 'AAAA'] : set.type === 'A' || set.type === 'AAAA' ? ['CNAME'] : [];
  return [
    ...[...inTheWay, set.type].map((type) => `update delete ${name} ${type}`),
    ...composeRdata(set).map((value) => `update add ${name} ${set.ttl} ${set.type} ${value}`),
  ];
}
