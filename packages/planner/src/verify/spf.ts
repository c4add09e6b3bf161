/**
 * Checks SPF of the domains and of the names of the gateways (RFC 7208): one valid record that authorises
 * every address of the pair. Other senders in the record are not judged. Pure.
 */
import { plannedAddresses, plannedOf } from './check.ts';
import type { Given } from './check.ts';
import { fault, remark } from './finding.ts';
import type { Finding } from './finding.ts';
import { addressesOf } from './follow.ts';
import { lineOf } from './record-line.ts';
import { isSpf, parseSpf } from '@mailpair/shared/dns-records/spf-record';
import type { Qualifier } from '@mailpair/shared/dns-records/spf-record';
import { growSpf, resultFor } from './spf-tree.ts';
import type { SpfTree } from './spf-tree.ts';
import type { DnsRecord } from '@mailpair/shared/platform/dns/dns-message';

const MOST_LOOKUPS = 10;
const MOST_VOIDS = 2;

export const checkSpf = (given: Given): Finding[] =>
  plannedOf(given.plan, 'TXT').flatMap(({ name, ttl, values }) =>
    values.filter(isSpf).flatMap((value) => checkName(given, { name, type: 'TXT', ttl, value })),
  );

function checkName(given: Given, planned: DnsRecord<'TXT'>): Finding[] {
  const { name: subject } = planned;
  const lookup = given.world.lookup(subject, 'TXT');
  // checkMx or checkMxHosts reports an alias.
  if (lookup.kind === 'unknown' || lookup.kind === 'alias') return [];
  const live = (lookup.kind === 'records' ? lookup.records : []).filter(({ value }) => isSpf(value));
  const is = live.map(lineOf);
  const [record] = live;
  if (record === undefined)
    return [
      fault({
        code: 'spf-missing',
        subject,
        problem: `${subject} has no SPF record.`,
        why: 'Receivers accept mail in its name from any host, and large receivers distrust or refuse its mail.',
        fix: 'Publish the record; first add all other hosts that send mail for the name.',
        shouldBe: [lineOf(planned)],
      }),
    ];
  if (live.length > 1)
    return [
      fault({
        code: 'spf-several',
        subject,
        problem: `${subject} has ${live.length} SPF records.`,
        why: 'Receivers use none of them (permerror, RFC 7208 §4.5), and may refuse mail of the pair.',
        fix: 'Make one record of them, with the terms of all.',
        is,
        shouldBe: [lineOf(planned)],
      }),
    ];
  const tree = growSpf(given.world, subject, record.value);
  return [
    ...judgeCover(given, record, planned, tree),
    ...judgeTree(record, tree),
    ...judgeAll(given, record, planned, tree),
  ].map((finding) => ({ ...finding, is }));
}

/**
 * The planned addresses that may send in this name: those of all gateways, or those of the gateway with this
 * name.
 */
function sendersIn({ plan, world }: Given, { name, value }: DnsRecord<'TXT'>): string[] {
  const own = plannedAddresses(plan, name);
  const isHost = own.length > 0 && !plannedOf(plan, 'MX').some((set) => set.name === name);
  // checkAddresses reports missing addresses.
  if (isHost)
    return [
      ...own.filter((address) => addressesOf(world, name).known.includes(address)),
      ...[...value.matchAll(/ ip[46]:(\S+)/g)].map(([, address]) => address!),
    ];
  return [...new Set(plan.ptr.map(({ address }) => address))];
}

function judgeCover(
  given: Given,
  record: DnsRecord<'TXT'>,
  planned: DnsRecord<'TXT'>,
  tree: SpfTree,
): Finding[] {
  const { name: subject } = record;
  if (tree.isUncertain) return [];
  const missing = sendersIn(given, planned).filter((address) => resultFor(tree, address) !== '+');
  if (missing.length === 0) return [];
  const hosts = missing.map((address) => {
    const host = given.plan.ptr.find((request) => request.address === address)?.name;
    return host === undefined ? address : `${address} (${host})`;
  });
  const terms = missing.map((address) => `${address.includes(':') ? 'ip6' : 'ip4'}:${address}`).join(' ');
  const value = record.value.replace(/^v=spf1/i, `v=spf1 ${terms}`);
  return [
    fault({
      code: 'spf-misses-host',
      subject,
      problem: `The SPF record of ${subject} does not let ${hosts.join(', ')} send.`,
      why: 'Mail and bounces that the host sends fail SPF, and are refused or land in the spam folder.',
      fix: 'Add the address to the record, before the terms that are there.',
      shouldBe: [lineOf({ ...record, value })],
    }),
  ];
}

function judgeTree(record: DnsRecord<'TXT'>, tree: SpfTree): Finding[] {
  const { name: subject } = record;
  const findings: Finding[] = [];
  const givesUp = 'Receivers give the record up (permerror), and may refuse mail of the pair';
  if (tree.errors.length > 0)
    findings.push(
      fault({
        code: 'spf-error',
        subject,
        problem: `The SPF record of ${subject} cannot be used: ${tree.errors.join('; ')}.`,
        why: `${givesUp}.`,
        fix: 'Correct or remove the term.',
      }),
    );
  if (tree.lookups > MOST_LOOKUPS)
    findings.push(
      fault({
        code: 'spf-lookups',
        subject,
        problem: `The SPF record of ${subject} needs ${tree.lookups} look-ups, more than ${MOST_LOOKUPS}.`,
        why: `${givesUp} (RFC 7208 §4.6.4).`,
        fix: 'Write ip4: and ip6: in place of a and mx, and drop includes of services no longer used.',
      }),
    );
  if (tree.voids.length > MOST_VOIDS)
    findings.push(
      fault({
        code: 'spf-void-lookups',
        subject,
        problem: `The SPF record of ${subject} looks up ${tree.voids.length} names that have nothing: ${tree.voids.join(', ')}.`,
        why: `${givesUp}: more than ${MOST_VOIDS} void look-ups are not allowed (RFC 7208 §4.6.4).`,
        fix: 'Remove the terms with these names.',
      }),
    );
  return findings;
}

/**
 * Judges the result for senders that the record does not name. Without `all` it is neutral, as with `?all`
 * (RFC 7208 §4.7).
 */
function judgeAll(
  { domains }: Given,
  record: DnsRecord<'TXT'>,
  planned: DnsRecord<'TXT'>,
  tree: SpfTree,
): Finding[] {
  const { name: subject } = planned;
  const { branches, errors, isUncertain } = tree;
  const last = branches.find(({ kind }) => kind === 'all')?.qualifier;
  if (last === '+')
    return [
      fault({
        code: 'spf-all',
        subject,
        problem: `The SPF record of ${subject} ends in +all.`,
        why: 'It lets everybody send in the name, which is worse than no record.',
        fix: 'Write -all, or ~all while you are not sure that every sender is named.',
      }),
    ];
  if (errors.length > 0 || (isUncertain && last === undefined)) return [];
  const meant = parseSpf(planned.value).terms.find(({ kind }) => kind === 'all')?.qualifier ?? '?';
  const said = last ?? '?';
  if (said !== meant) return [differingAll(record, said, meant, domains.includes(subject))];
  if (said !== '?') return [];
  return [
    remark({
      code: 'spf-neutral',
      subject,
      problem: `The SPF record of ${subject} says nothing about hosts that it does not name.`,
      why: 'Receivers treat their mail as if there were no record.',
      fix: 'End it in -all, or ~all while you are not sure that every sender is named.',
    }),
  ];
}

/** From the strictest to the least strict. */
const strictness: readonly Qualifier[] = ['-', '~', '?', '+'];

const keyWords: Partial<Record<Qualifier, string>> = { '-': 'fail', '~': 'softfail', '?': 'neutral' };

const consequences: Partial<Record<Qualifier, string>> = {
  '-': 'Receivers may refuse mail from hosts that it does not name, mail that was forwarded among it',
  '~': 'Receivers take mail from hosts that it does not name, and distrust it',
  '?': 'Receivers treat mail from hosts that it does not name as if there were no record',
};

function differingAll(
  record: DnsRecord<'TXT'>,
  said: Qualifier,
  meant: Qualifier,
  isDomain: boolean,
): Finding {
  const isStricter = strictness.indexOf(said) < strictness.indexOf(meant);
  return fault({
    code: 'spf-all-differs',
    subject: record.name,
    problem:
      `The SPF record of ${record.name} ends in ${said}all, not in ${meant}all as planned: ` +
      `it is ${isStricter ? 'stricter' : 'milder'} than the plan.`,
    why: `${consequences[said]}.`,
    fix: isDomain
      ? `End the record in ${meant}all, or set publish.spf.all: ${keyWords[said]} when the published record is meant.`
      : `End the record in ${meant}all.`,
    shouldBe: endingIn(record, meant),
  });
}

/** The published record with another ending; empty if the record ends with `redirect`. */
function endingIn(record: DnsRecord<'TXT'>, qualifier: Qualifier): string[] {
  const words = record.value.split(' ').filter((word) => !/^[+?~-]?all$/i.test(word));
  const value = [...words, `${qualifier}all`].join(' ');
  return parseSpf(record.value).redirect === null ? [lineOf({ ...record, value })] : [];
}
