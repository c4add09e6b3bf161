/** Checks that TTLs are not longer than planned, and short before a planned change of addresses. Pure. */
import type { DnsRecord } from '@mailpair/shared/platform/dns/dns-message';
import { plannedRecords } from './check.ts';
import type { Given } from './check.ts';
import { fault, remark } from './finding.ts';
import type { Finding } from './finding.ts';
import { lineOf } from './record-line.ts';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import { isSpf } from '@mailpair/shared/dns-records/spf-record';

export const checkTtls = (given: Given): Finding[] =>
  plannedRecords(given.plan).flatMap((set) => checkSet(given, set));

function checkSet({ world, moveTtl }: Given, set: RecordSet): Finding[] {
  const lookup = world.lookup(set.name, set.type);
  if (lookup.kind !== 'records') return [];
  const { records, authoritative } = lookup;
  const ttl = Math.max(...records.map((record) => record.ttl));
  const lines = (to: number): Pick<Finding, 'is' | 'shouldBe'> => ({
    is: records.map(lineOf),
    shouldBe: records.map((record: DnsRecord) => lineOf({ ...record, ttl: to })),
  });
  const subject = set.name;
  if (moveTtl !== null && ttl > moveTtl && movesWithHost(set))
    return [
      fault({
        code: 'ttl-too-long',
        subject,
        problem: `The ${set.type} records of ${subject} are kept for ${ttl} s, and a move is planned.`,
        why: 'For this time after the change, senders connect to the old host, or distrust the new one.',
        fix: `Publish them with a TTL of ${moveTtl}, and move no sooner than ${ttl} s after that.`,
        ...lines(moveTtl),
      }),
    ];
  if (!authoritative || ttl <= set.ttl) return [];
  return [
    remark({
      code: 'ttl-longer',
      subject,
      problem: `The ${set.type} records of ${subject} are kept for ${ttl} s, not ${set.ttl} s.`,
      why: 'A change takes longer than planned to reach all resolvers.',
      fix: 'Publish them with the planned TTL.',
      ...lines(set.ttl),
    }),
  ];
}

/** Whether the set changes when a gateway gets another address or key. */
const movesWithHost = (set: RecordSet): boolean =>
  set.type === 'TXT' ? set.values.some(isSpf) : ['A', 'AAAA', 'MX', 'TLSA'].includes(set.type);
