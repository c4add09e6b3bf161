/**
 * Formats a DNS plan as a master file (RFC 1035 §5.1) for BIND and compatible servers. Names are absolute and
 * each record is one line, so the file does not depend on $ORIGIN. PTR requests and MTA-STS policies are
 * comments, because they belong to no planned zone. Pure.
 */
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';
import type { PlanFormat } from './format.ts';
import { absolute, composeRdata } from '@mailpair/shared/dns-records/rdata';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { DnsPlan, MtaStsPolicy, ZonePlan } from '../dns-plan.ts';

export const bind: PlanFormat = {
  what: 'master-file form, PTR requests and MTA-STS policies as comments',
  compose: composeBind,
  composeZone,
  caveats: () => [],
};

export function composeBind({ zones, elsewhere, ptr, policies }: DnsPlan): string {
  const sections = zones.map(composeZone);
  if (elsewhere.length > 0)
    sections.push(
      section('for the zones of hosts outside the hosted domains', elsewhere.flatMap(composeRecords)),
    );
  if (ptr.length > 0)
    sections.push(
      section(
        "PTR records to request from the addresses' owner",
        ptr.map(({ address, name }) => `; ${absolute(reverseName(address))}\tIN\tPTR\t${absolute(name)}`),
      ),
    );
  return [...sections, ...composePolicies(policies)].join('\n');
}

function composeZone({ zone, records }: ZonePlan): string {
  return section(`zone ${zone}`, records.flatMap(composeRecords));
}

const section = (title: string, lines: readonly string[]): string => [`; ${title}`, ...lines, ''].join('\n');

const composeRecords = (set: RecordSet): string[] =>
  composeRdata(set).map((value) => [absolute(set.name), set.ttl, 'IN', set.type, value].join('\t'));

/** One section for each distinct text, because most domains have the same policy. */
function composePolicies(policies: readonly MtaStsPolicy[]): string[] {
  return [...Map.groupBy(policies, ({ text }) => text)].map(([text, same]) =>
    section('MTA-STS policy to serve as', [
      ...same.map(({ url }) => `; ${url}`),
      ...text
        .trimEnd()
        .split('\r\n')
        .map((line) => `;   ${line}`),
    ]),
  );
}
