/** Checks that the names of the gateways have exactly the planned addresses. Pure. */
import { plannedAddresses, plannedOf } from './check.ts';
import type { Given } from './check.ts';
import { fault, remark } from './finding.ts';
import type { Finding } from './finding.ts';
import { lineOf, linesOf } from './record-line.ts';
import type { RecordSet } from '@mailpair/shared/dns-records/records';

const types = ['A', 'AAAA'] as const;

export function checkAddresses(given: Given): Finding[] {
  const sets = types.flatMap((type) => plannedOf(given.plan, type));
  return [...new Set(sets.map(({ name }) => name))].flatMap((name) => checkName(given, name, sets));
}

function checkName({ plan, world, balanced }: Given, name: string, sets: readonly RecordSet[]): Finding[] {
  const lookups = types.map((type) => world.lookup(name, type));
  // checkMxHosts reports an alias.
  if (lookups.some(({ kind }) => kind === 'alias')) return [];
  const records = lookups.flatMap((lookup) => (lookup.kind === 'records' ? lookup.records : []));
  const live = records.map(({ value }) => value);
  const own = sets.filter((set) => set.name === name);
  const planned = plannedAddresses(plan, name);
  const isKnown = (address: string): boolean => lookups[address.includes(':') ? 1 : 0]?.kind !== 'unknown';

  const missing = planned.filter((address) => isKnown(address) && !live.includes(address));
  const other = live.filter((address) => !planned.includes(address));
  const lines = { is: records.map(lineOf), shouldBe: own.flatMap(linesOf) };
  const findings: Finding[] = [];
  if (missing.length > 0 && live.length > 0 && balanced.includes(name))
    findings.push(
      remark({
        code: 'address-withdrawn',
        subject: name,
        problem: `${name} does not have the address ${missing.join(', ')} at the moment.`,
        why: 'balancer dns-rr publishes the nodes that are alive and have headroom.',
        fix: 'Nothing needs doing, unless it stays so: then look at the node.',
        ...lines,
      }),
    );
  else if (missing.length > 0)
    findings.push(
      fault({
        code: 'address-missing',
        subject: name,
        problem: `${name} does not have the address ${missing.join(', ')}.`,
        why:
          live.length === 0
            ? 'The host cannot be reached, so senders skip it.'
            : 'Senders do not reach the host there, and its PTR record is not confirmed.',
        fix: 'Publish the address, or take it out of the configuration.',
        ...lines,
      }),
    );
  if (other.length > 0)
    findings.push(
      fault({
        code: 'address-other',
        subject: name,
        problem: `${name} has the address ${other.join(', ')}, which is not in the configuration.`,
        why: 'Senders that choose it reach another machine, or none.',
        fix: `Remove the record, or name the address in the configuration if it is the host's.`,
        ...lines,
      }),
    );
  return findings;
}
