/** The SPF test suite of openspf.org for RFC 7208, as Debian's python3-spf brings it: its records, its cases. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import type { DnsRecords, DnsZone } from '../support/dns-server.ts';

export const SUITE = '/usr/share/doc/python3-spf/rfc7208-tests.yml.gz';

export interface SpfCase {
  readonly name: string;
  readonly section: string;
  readonly spec: string;
  readonly helo: string;
  readonly host: string;
  readonly mailfrom: string;
  readonly results: readonly string[];
  readonly explanation?: string;
}

export interface SpfSection {
  readonly zone: DnsZone;
  readonly cases: readonly SpfCase[];
}

interface Document {
  readonly description: string;
  readonly tests: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly zonedata: Readonly<Record<string, readonly (string | Readonly<Record<string, unknown>>)[]>>;
}

export function readSuite(): readonly SpfSection[] {
  const documents = parseAllDocuments(gunzipSync(readFileSync(SUITE)).toString(), { uniqueKeys: false });
  return documents
    .map((each) => each.toJS() as Document | null)
    .filter((each) => each !== null)
    .map(({ description, tests, zonedata }) => ({
      zone: Object.fromEntries(Object.entries(zonedata).map(([name, records]) => [name, recordsOf(records)])),
      cases: Object.entries(tests).map(([name, test]) => caseOf(name, description, test)),
    }));
}

function caseOf(name: string, section: string, test: Readonly<Record<string, unknown>>): SpfCase {
  const { spec, helo, host, mailfrom, result, explanation } = test;
  return {
    name,
    section,
    spec: [spec].flat().join(', '),
    helo: String(helo),
    host: String(host),
    mailfrom: String(mailfrom),
    results: [result].flat().map(String),
    ...(typeof explanation === 'string' && { explanation }),
  };
}

/** SPF records stand for TXT where there are none of these; TIMEOUT is for what is not named before it. */
function recordsOf(records: readonly (string | Readonly<Record<string, unknown>>)[]): DnsRecords | 'TIMEOUT' {
  const found: Record<string, unknown[]> = {};
  let timesOut = false;
  for (const record of records) {
    if (typeof record === 'string') timesOut = true;
    else
      for (const [type, value] of Object.entries(record))
        (found[type] ??= []).push(type === 'MX' || value === 'NONE' ? value : [value].flat().join(''));
  }
  const { SPF, ...rest } = found;
  const all: Record<string, unknown> = { ...(SPF && { TXT: SPF }), ...rest };
  for (const [type, values] of Object.entries(all))
    if ((values as unknown[]).includes('NONE')) delete all[type];
  if (!timesOut) return all;
  if (Object.keys(all).length === 0) return 'TIMEOUT';
  for (const type of ['A', 'AAAA', 'MX', 'TXT', 'PTR']) all[type] ??= 'TIMEOUT';
  return all;
}
