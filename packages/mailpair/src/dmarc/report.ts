/** `mailpair dmarc report`: the DMARC results of incoming mail, as counted by both gateways. */
import { eachLine } from '@mailpair/shared/api/json-lines';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';
import { composeXml, reportsOf } from '@mailpair/shared/filter/dmarc-reports/compose-report';
import type { Settings } from '@mailpair/shared/config/settings';
import { normaliseDomain } from '@mailpair/shared/platform/values/address';
import { pairHelp, pairRoleHelp, withPair } from '../framework/pair-access.ts';
import { roleOption } from '../queue/access.ts';
import { Table, terminalWidth } from '../framework/table.ts';
import {
  expectOperands,
  textOption,
  UsageError,
  type Io,
  type Verb,
  type VerbArgs,
} from '../framework/verb.ts';

type DayRow = Parameters<typeof reportsOf>[0][number] & { readonly day: string };

interface Shown extends DayRow {
  readonly role: RoleName;
  readonly host: string;
}

const heads = ['DAY', 'ROLE', 'DOMAIN', 'SOURCE', 'COUNT', 'DMARC', 'DKIM', 'SPF', 'DONE', 'WHY'];

export const dmarcReport: Verb = {
  usage: 'dmarc report [--domain D] [--day YYYY-MM-DD] [--xml] [--role inbound|outbound]',
  options: { ...roleOption, domain: { type: 'string' }, day: { type: 'string' }, xml: { type: 'boolean' } },
  help: `
Prints one line for each domain, source and result, those with the most messages first: what DKIM and SPF prove
for the domain in From, what was done, and why this differs from the policy of the domain. Only domains that request
reports (rua) are counted. The counts of the last five minutes of a running gateway are not included. With --json one JSON document a line.
${pairHelp}

  --domain D    only results for the policy of D
  --day DAY     only results of this day (UTC); without it, all stored days
  --xml         the aggregate reports as they are sent (RFC 7489), one document after another
${pairRoleHelp}

Examples:
  mailpair dmarc report --domain example.net
  mailpair dmarc report --day 2026-11-24 --json | jq -r 'select(.dkim == "fail" and .spf == "fail") | .source'

Exit: 0 shown, also when there was nothing; 1 a gateway could not be asked; 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    const domain = textOption(args, 'domain');
    const day = textOption(args, 'day');
    if (day !== undefined && !/^\d{4}-\d\d-\d\d$/.test(day))
      throw new UsageError('--day is written 2026-11-24');
    return withPair(args, io, { needs: 'records' }, async ({ asked, notAsked, settings }) => {
      const rows: Shown[] = [];
      for (const { role, host, records } of asked)
        for await (const line of eachLine(await records.dmarcRows({ day }))) {
          const row = JSON.parse(line) as DayRow;
          if (domain === undefined || row.published.domain === normaliseDomain(domain))
            rows.push({ role, host, ...row });
        }
      show(
        rows.toSorted((a, b) => a.day.localeCompare(b.day) || b.count - a.count),
        { args, io, settings },
      );
      return notAsked > 0 ? 1 : 0;
    });
  },
};

function show(
  rows: readonly Shown[],
  { args, io, settings }: { readonly args: VerbArgs; readonly io: Io; readonly settings: Settings },
): void {
  if (rows.length === 0) io.err('Nothing was counted.');
  if (args.options.xml === true) showXml(rows, settings, io);
  else if (args.json) for (const row of rows) io.out(JSON.stringify(row));
  else if (rows.length > 0) io.out(new Table(heads, terminalWidth(io)).format(rows.map(cellsOf)).join('\n'));
}

function cellsOf(row: Shown): string[] {
  return [
    row.day,
    row.role,
    row.headerFrom,
    row.source,
    String(row.count),
    row.dkim === 'pass' || row.spf === 'pass' ? 'pass' : 'fail',
    row.dkim,
    row.spf,
    row.disposition,
    row.override ? `${row.override.type} ${row.override.comment}`.trim() : '',
  ];
}

function showXml(rows: readonly Shown[], settings: Settings, io: Io): void {
  for (const [host, seen] of Map.groupBy(rows, (row) => row.host))
    for (const [day, of] of Map.groupBy(seen, (row) => row.day)) {
      const from = settings.dmarcReports.from ?? `postmaster@${host}`;
      const about = { day, host, from, organisation: from.replace(/^.*@/, '') };
      for (const report of reportsOf(of, about)) io.out(composeXml(report).trimEnd());
    }
}
