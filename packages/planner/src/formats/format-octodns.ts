/**
 * Formats a DNS plan as zone files of octoDNS, one YAML document for each zone. Its loader expects keys in
 * natural order and whole texts with escaped semicolons. It does not preserve other backslashes and quotes,
 * so texts that contain them are left out with a caveat. Pure.
 */
import { leftOut } from './format.ts';
import type { PlanFormat } from './format.ts';
import { absolute } from '@mailpair/shared/dns-records/rdata';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { DnsPlan, ZonePlan } from '../dns-plan.ts';

export const octodns: PlanFormat = {
  what: 'zone files for octoDNS, one YAML document a zone',
  compose: ({ zones }) => zones.map(composeZone).join(''),
  composeZone,
  caveats: (plan) => [
    ...leftOut(plan),
    'octoDNS takes a source for the whole zone: add this file as one more source (YamlProvider with ' +
      'populate_should_replace: true and escaped_semicolons: true), or it would delete all other records.',
    ...unspeakable(plan),
  ],
};

function composeZone({ zone, records }: ZonePlan): string {
  const names = Map.groupBy(
    records.map(holdable).filter((set) => set.values.length > 0),
    ({ name }) => relative(name, zone),
  );
  const entries = [...names].sort(([a], [b]) => compareNaturally(a, b));
  return [
    '---',
    `# ${zone}.yaml`,
    ...entries.flatMap(([name, sets]) => [`${text(name)}:`, ...sets.flatMap(composeSet)]),
    '',
  ].join('\n');
}

const relative = (name: string, zone: string): string =>
  name === zone ? '' : name.slice(0, -zone.length - 1);

const composeSet = (set: RecordSet): string[] => [
  `- ttl: ${set.ttl}`,
  `  type: ${set.type}`,
  ...(set.type === 'CNAME'
    ? composeValues(set).map((value) => `  value: ${value}`)
    : ['  values:', ...composeValues(set).map((value) => `  - ${value}`)]),
];

function composeValues(set: RecordSet): string[] {
  switch (set.type) {
    case 'MX':
      return set.values.map(({ preference, exchange }) =>
        fields({ exchange: text(absolute(exchange)), preference }),
      );
    case 'TLSA':
      return set.values.map(({ usage, selector, matching, data }) =>
        fields({
          certificate_association_data: text(data),
          certificate_usage: usage,
          matching_type: matching,
          selector,
        }),
      );
    case 'CAA':
      return set.values.map(({ flags, tag, value }) => fields({ flags, tag: text(tag), value: text(value) }));
    case 'TXT':
      return set.values.map((value) => text(value.replaceAll(';', '\\;')));
    case 'A':
    case 'AAAA':
      return set.values.map(text);
    case 'CNAME':
      return set.values.map((target) => text(absolute(target)));
  }
}

const fields = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n    ');

/** A quoted YAML scalar, which is always read as a string. */
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const isHoldable = (value: string): boolean => !/["\\]|[^\x20-\x7e]/.test(value);

const holdable = (set: RecordSet): RecordSet =>
  set.type === 'TXT' ? { ...set, values: set.values.filter(isHoldable) } : set;

function unspeakable({ zones }: DnsPlan): string[] {
  const names = zones.flatMap(({ records }) =>
    records.filter((set) => set.type === 'TXT' && !set.values.every(isHoldable)).map(({ name }) => name),
  );
  return names.map(
    (name) => `octoDNS keeps no quotes and backslashes in texts: left out of the TXT records of ${name}.`,
  );
}

/** Compares digits as numbers: in2 sorts before in10. */
function compareNaturally(a: string, b: string): number {
  const [left, right] = [chunks(a), chunks(b)];
  for (const [index, mine] of left.entries()) {
    const theirs = right[index];
    if (theirs === undefined) return 1;
    const isNumber = index % 2 === 1;
    if (isNumber && Number(mine) !== Number(theirs)) return Number(mine) - Number(theirs);
    if (!isNumber && mine !== theirs) return mine < theirs ? -1 : 1;
  }
  return left.length - right.length;
}

/** Splits a name into alternating text and digits; text comes first. */
const chunks = (name: string): string[] =>
  name.split(/(\d+)/).filter((chunk, index, all) => chunk !== '' || index < all.length - 1);
