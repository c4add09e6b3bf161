/** `mailpair dmarc report`: what DMARC said of strangers' mail, as the gateways of this host counted it. */
import { existsSync } from 'node:fs';
import { composeXml, reportsOf } from '../dmarc/compose-report.ts';
import { daysIn, rowsIn, type CountedRow } from '../dmarc/day-files.ts';
import { reportDirectory } from '../dmarc-reporting.ts';
import { loadSettings } from '../system/config/load-settings.ts';
import type { Settings } from '../system/settings.ts';
import { normaliseDomain } from '../values/address.ts';
import { slotDirectories } from '../workers/slot.ts';
import { Table, terminalWidth } from './table.ts';
import { expectOperands, textOption, UsageError, type Io, type Verb, type VerbArgs } from './verb.ts';

interface Shown extends CountedRow {
  readonly role: 'inbound' | 'outbound';
  readonly day: string;
}

const heads = ['DAY', 'ROLE', 'DOMAIN', 'SOURCE', 'COUNT', 'DMARC', 'DKIM', 'SPF', 'DONE', 'WHY'];

export const dmarcReport: Verb = {
  name: 'dmarc report',
  summary: 'show what DMARC said of mail from strangers, by domain and source',
  usage: 'dmarc report [--domain D] [--day YYYY-MM-DD] [--xml]',
  options: { domain: { type: 'string' }, day: { type: 'string' }, xml: { type: 'boolean' } },
  help: `
One line for each domain, source and result, the most messages first: what DKIM and SPF prove for the domain in
From, what was done, and why it is not what the domain asks for. Only domains that want reports (rua) are
counted. The gateways of this host are shown, running or not; what a running one counted in the last five minutes
is missing. With --json one JSON document a line.

  --domain D    of the policy that D publishes
  --day DAY     of that day (UTC); without it, all that is kept
  --xml         the aggregate reports as they are sent (RFC 7489), one document after another

Examples:
  mailpair dmarc report --domain example.net
  mailpair dmarc report --day 2026-11-24 --json | jq -r 'select(.dkim == "fail" and .spf == "fail") | .source'

Exit: 0 shown, also when there was nothing; 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    const settings = loadSettings({ file: args.config, env: io.env, sets: args.sets });
    const rows = rowsOf(settings, args, io);
    if (rows.length === 0) io.err('Nothing was counted.');
    if (args.options.xml === true) showXml(rows, settings, io);
    else if (args.json) for (const row of rows) io.out(JSON.stringify(row));
    else if (rows.length > 0)
      io.out(new Table(heads, terminalWidth(io)).format(rows.map(cellsOf)).join('\n'));
    return Promise.resolve(0);
  },
};

function rowsOf(settings: Settings, args: VerbArgs, io: Io): Shown[] {
  const domain = textOption(args, 'domain');
  const day = textOption(args, 'day');
  if (day !== undefined && !/^\d{4}-\d\d-\d\d$/.test(day))
    throw new UsageError('--day is written 2026-11-24');
  return (['inbound', 'outbound'] as const)
    .flatMap((role): Shown[] => {
      const { spool, host } = settings[role];
      if (!existsSync(spool)) {
        io.err(`${host}: ${spool} is not on this host; run this there too`);
        return [];
      }
      const directories = slotDirectories(spool).map(reportDirectory);
      const days = daysIn(directories).filter((each) => day === undefined || each === day);
      return days.flatMap((each) => rowsIn(directories, each).map((row) => ({ role, day: each, ...row })));
    })
    .filter(({ published }) => domain === undefined || published.domain === normaliseDomain(domain))
    .toSorted((a, b) => a.day.localeCompare(b.day) || b.count - a.count);
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
  for (const role of ['inbound', 'outbound'] as const)
    for (const [day, of] of Map.groupBy(
      rows.filter((row) => row.role === role),
      (row) => row.day,
    )) {
      const from = settings.dmarcReports.from ?? `postmaster@${settings[role].host}`;
      const about = { day, host: settings[role].host, from, organisation: from.replace(/^.*@/, '') };
      for (const report of reportsOf(of, about)) io.out(composeXml(report).trimEnd());
    }
}
