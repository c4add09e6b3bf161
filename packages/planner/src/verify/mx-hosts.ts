/**
 * Checks that every MX host has addresses and that no name of a gateway is an alias (RFC 2181 §10.3). Pure.
 */
import { plannedAddresses, plannedOf, plannedRecords } from './check.ts';
import type { Given } from './check.ts';
import { fault } from './finding.ts';
import type { Finding } from './finding.ts';
import { addressesOf } from './follow.ts';
import { lineOf, linesOf } from './record-line.ts';

export function checkMxHosts(given: Given): Finding[] {
  const mxHosts = hostsOf(given);
  const names = new Set([...mxHosts, ...types.flatMap((type) => plannedOf(given.plan, type).map(nameOf))]);
  return [...names].flatMap((name) => [
    ...judgeAlias(given, name, mxHosts.has(name)),
    ...(mxHosts.has(name) ? judgeAddresses(given, name) : []),
  ]);
}

const types = ['A', 'AAAA'] as const;
const nameOf = ({ name }: { readonly name: string }): string => name;

/** The planned MX hosts and those in the published records. */
function hostsOf({ plan, world }: Given): Set<string> {
  const planned = plannedOf(plan, 'MX');
  const live = planned.flatMap(({ name }) => {
    const lookup = world.lookup(name, 'MX');
    return lookup.kind === 'records' ? lookup.records.map(({ value }) => value.exchange) : [];
  });
  const hosts = [...planned.flatMap(({ values }) => values.map(({ exchange }) => exchange)), ...live];
  return new Set(hosts.filter((host) => host !== ''));
}

function judgeAlias({ plan, world }: Given, name: string, isMx: boolean): Finding[] {
  const alias = types.map((type) => world.lookup(name, type)).find(({ kind }) => kind === 'alias');
  if (alias?.kind !== 'alias') return [];
  return [
    fault({
      code: isMx ? 'mx-cname' : 'host-alias',
      subject: name,
      problem: `${name} is ${isMx ? 'an MX host' : 'a name of a gateway'} and an alias of ${alias.record.value}.`,
      why: isMx
        ? 'Some senders refuse an MX that is an alias (RFC 2181 §10.3); certificates and TLSA records go by the name.'
        : 'It has no records of its own, so neither SPF nor its PTR record can fit.',
      fix: `Remove the CNAME; give ${name} its own records.`,
      is: [lineOf(alias.record)],
      shouldBe: plannedRecords(plan)
        .filter((set) => set.name === name)
        .flatMap(linesOf),
    }),
  ];
}

function judgeAddresses({ plan, world }: Given, host: string): Finding[] {
  const { known, complete } = addressesOf(world, host);
  // checkAddresses reports missing addresses that are planned.
  if (known.length > 0 || !complete || plannedAddresses(plan, host).length > 0) return [];
  return [
    fault({
      code: 'mx-no-address',
      subject: host,
      problem: `${host} is an MX host without an address.`,
      why: 'Senders skip it, or bounce the mail if it is the only one.',
      fix: 'Publish its addresses, and name them in the configuration.',
    }),
  ];
}
