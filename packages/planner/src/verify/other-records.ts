/** Checks planned records of the other types: CAA, and the alias of the web server for the policy. Pure. */
import { composeData } from '@mailpair/shared/dns-records/rdata';
import type { DnsRecord } from '@mailpair/shared/platform/dns/dns-message';
import { plannedOf } from './check.ts';
import type { Given } from './check.ts';
import { fault } from './finding.ts';
import type { Finding } from './finding.ts';
import { lineOf, linesOf } from './record-line.ts';
import type { RecordSet } from '@mailpair/shared/dns-records/records';

export const checkOtherRecords = (given: Given): Finding[] => [
  ...plannedOf(given.plan, 'CAA').flatMap((set) => checkCaa(given, set)),
  ...plannedOf(given.plan, 'CNAME').flatMap((set) => checkAlias(given, set)),
];

function checkCaa({ world }: Given, set: RecordSet): Finding[] {
  const lookup = world.lookup(set.name, 'CAA');
  // checkMxHosts reports an alias.
  if (lookup.kind === 'unknown' || lookup.kind === 'alias') return [];
  const live: readonly DnsRecord[] = lookup.kind === 'records' ? lookup.records : [];
  const shouldBe = linesOf(set);
  const [found, planned] = [live, shouldBe].map((all) => [...all].map(rdata).sort().join('\n'));
  if (found === planned) return [];
  return [
    fault({
      code: live.length === 0 ? 'caa-missing' : 'caa-differs',
      subject: set.name,
      problem: `The CAA records of ${set.name} are not those of publish.caa.`,
      why: 'Another authority may issue certificates for the host, or yours may not.',
      fix: 'Publish the planned records.',
      is: live.map(lineOf),
      shouldBe,
    }),
  ];
}

const rdata = (record: DnsRecord | string): string =>
  typeof record === 'string' ? record.split(' ').slice(4).join(' ') : composeData(record);

/** Address records in place of the alias are reported as a difference, not as a missing name. */
function checkAlias({ world }: Given, set: RecordSet & { readonly type: 'CNAME' }): Finding[] {
  const lookup = world.lookup(set.name, 'CNAME');
  const addresses = (['A', 'AAAA'] as const).map((type) => world.lookup(set.name, type));
  if (lookup.kind === 'unknown' || addresses.some(({ kind }) => kind === 'unknown')) return [];
  const shouldBe = linesOf(set);
  const live = lookup.kind === 'alias' ? [lookup.record] : lookup.kind === 'records' ? lookup.records : [];
  if (live.some(({ value }) => value === set.values[0])) return [];
  const is = [...live, ...addresses.flatMap((each) => (each.kind === 'records' ? each.records : []))];
  return [
    fault({
      code: is.length === 0 ? 'alias-missing' : 'alias-differs',
      subject: set.name,
      problem:
        is.length === 0
          ? `${set.name} does not exist.`
          : `${set.name} is not an alias of publish.mtaSts.host (${set.values.join()}).`,
      why: 'Senders look there for the MTA-STS policy.',
      fix: 'Publish the alias, or change publish.mtaSts.host.',
      is: is.map(lineOf),
      shouldBe,
    }),
  ];
}
