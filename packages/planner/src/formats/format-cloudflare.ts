/**
 * Formats a DNS plan for Cloudflare: for each zone the body of `POST /zones/ID/dns_records/batch`. Unlike the
 * import of a master file, a batch is applied completely or not at all, turns the proxy off, and supports
 * every record type. A batch only adds records, and fails if one of them exists; it cannot replace records,
 * because only Cloudflare knows their identifiers. Pure.
 */
import { byZone, composeJsonText, leftOut } from './format.ts';
import type { PlanFormat } from './format.ts';
import { composeTxt } from '@mailpair/shared/dns-records/rdata';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { DnsPlan, ZonePlan } from '../dns-plan.ts';

export const cloudflare: PlanFormat = {
  what: 'JSON, by zone: body for POST /zones/ID/dns_records/batch',
  compose: ({ zones }) => byZone(zones, batch),
  composeZone: (zone) => composeJsonText(batch(zone)),
  caveats: (plan) => [
    ...leftOut(plan),
    'Cloudflare only adds: delete old records of these names and types first (MX, SPF), and what has not ' +
      'changed; a batch with a record that exists is refused as a whole.',
    ...tooLarge(plan),
    ...tooShort(plan),
  ],
};

export interface CloudflareRecord {
  readonly type: string;
  readonly name: string;
  readonly ttl: number;
  readonly content?: string;
  readonly priority?: number;
  readonly proxied?: false;
  readonly data?: Readonly<Record<string, string | number>>;
}

const batch = ({ records }: ZonePlan): { posts: readonly CloudflareRecord[] } => ({
  posts: records.flatMap(cloudflareRecords),
});

/** The shortest TTL in seconds. Enterprise plans permit 30 s. */
const shortestTtl = 60;

export function cloudflareRecords(set: RecordSet): CloudflareRecord[] {
  const head = { type: set.type, name: set.name, ttl: Math.max(shortestTtl, set.ttl) };
  switch (set.type) {
    case 'A':
    case 'AAAA':
    case 'CNAME':
      return set.values.map((content) => ({ ...head, content, proxied: false }));
    case 'MX':
      return set.values.map(({ preference, exchange }) => ({
        ...head,
        content: exchange,
        priority: preference,
      }));
    case 'TXT':
      return set.values.map((text) => ({ ...head, content: composeTxt(text) }));
    case 'TLSA':
      return set.values.map(({ usage, selector, matching, data }) => ({
        ...head,
        data: { usage, selector, matching_type: matching, certificate: data },
      }));
    case 'CAA':
      return set.values.map(({ flags, tag, value }) => ({ ...head, data: { flags, tag, value } }));
  }
}

/** The maximum number of records in one batch for a zone on the free plan. */
const mostRecords = 200;

const tooLarge = ({ zones }: DnsPlan): string[] =>
  zones
    .filter((zone) => batch(zone).posts.length > mostRecords)
    .map(
      ({ zone }) =>
        `${zone}: more than the ${mostRecords} records that a free zone takes in one batch; narrow the plan with --domain.`,
    );

export function tooShort({ zones }: DnsPlan): string[] {
  const names = zones.flatMap(({ records }) =>
    records.filter(({ ttl }) => ttl < shortestTtl).map(({ name }) => name),
  );
  if (names.length === 0) return [];
  return [
    `Cloudflare accepts no TTL below ${shortestTtl}s, so ${[...new Set(names)].join(', ')} get ${shortestTtl}s.`,
  ];
}
