/** An aggregate report as XML (RFC 7489 Appendix C), and the mail that carries it (§7.2.1.1). Pure. */
import { gzipSync } from 'node:zlib';
import { beginOf, type CountedRow } from './day-files.ts';

export interface Report {
  /** The domain whose policy was published. */
  readonly domain: string;
  /** `2026-11-25`, UTC. */
  readonly day: string;
  /** Our host name. */
  readonly host: string;
  readonly organisation: string;
  /** The address it is from. */
  readonly from: string;
  readonly rows: readonly CountedRow[];
}

const DAY_SECONDS = 24 * 60 * 60;

const reportIdOf = ({ domain, day, host }: Pick<Report, 'domain' | 'day' | 'host'>): string =>
  `${day}.${domain}.${host}`;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (each) => escapes[each]!).replace(/[^\t\n -\ud7ff\ue000-\ufffd]/g, '?');

type Tree = readonly (readonly [tag: string, content: string | number | Tree])[];

const xmlOf = (tree: Tree, indent = ''): string =>
  tree
    .map(([tag, content]) =>
      typeof content === 'object'
        ? `${indent}<${tag}>\n${xmlOf(content, `${indent}  `)}${indent}</${tag}>\n`
        : `${indent}<${tag}>${escaped(String(content))}</${tag}>\n`,
    )
    .join('');

export function composeXml(report: Report): string {
  const begin = beginOf(report.day) / 1000;
  const [first] = report.rows;
  const published = first?.published;
  const tree: Tree = [
    [
      'feedback',
      [
        ['version', '1.0'],
        [
          'report_metadata',
          [
            ['org_name', report.organisation],
            ['email', report.from],
            ['report_id', reportIdOf(report)],
            [
              'date_range',
              [
                ['begin', begin],
                ['end', begin + DAY_SECONDS - 1],
              ],
            ],
          ],
        ],
        [
          'policy_published',
          [
            ['domain', report.domain],
            ['adkim', published?.adkim ?? 'r'],
            ['aspf', published?.aspf ?? 'r'],
            ['p', published?.p ?? 'none'],
            ['sp', published?.sp ?? published?.p ?? 'none'],
            ['pct', published?.pct ?? 100],
          ],
        ],
        ...report.rows.map((row) => ['record', recordOf(row)] as const),
      ],
    ],
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlOf(tree)}`;
}

function recordOf(row: CountedRow): Tree {
  const { override, spfResult } = row;
  const reason: Tree = override
    ? [
        [
          'reason',
          [
            ['type', override.type],
            ['comment', override.comment],
          ],
        ],
      ]
    : [];
  const evaluated: Tree = [['disposition', row.disposition], ['dkim', row.dkim], ['spf', row.spf], ...reason];
  const spf: Tree = spfResult
    ? [
        [
          'spf',
          [
            ['domain', spfResult.domain],
            ['scope', spfResult.scope],
            ['result', spfResult.result],
          ],
        ],
      ]
    : [];
  const dkim: Tree = row.dkimResults.map(({ domain, selector, result }) => [
    'dkim',
    [
      ['domain', domain],
      ['selector', selector],
      ['result', result],
    ],
  ]);
  return [
    [
      'row',
      [
        ['source_ip', row.source],
        ['count', row.count],
        ['policy_evaluated', evaluated],
      ],
    ],
    ['identifiers', [['header_from', row.headerFrom]]],
    ['auth_results', [...dkim, ...spf]],
  ];
}

/** The reports of a day, one for each domain. */
export function reportsOf(rows: readonly CountedRow[], about: Omit<Report, 'domain' | 'rows'>): Report[] {
  const byDomain = Map.groupBy(rows, ({ published }) => published.domain);
  return [...byDomain].map(([domain, of]) => ({ ...about, domain, rows: of }));
}

export const packed = (xml: string): Buffer => gzipSync(xml);

/** The message: what it is for a person, and the report. Lines end in CRLF. */
export function composeReportMail(report: Report, gzip: Buffer, to: readonly string[], date: string): string {
  const begin = beginOf(report.day) / 1000;
  const file = `${report.host}!${report.domain}!${begin}!${begin + DAY_SECONDS - 1}.xml.gz`;
  const id = reportIdOf(report);
  const boundary = '=_dmarc-report';
  return [
    `From: ${report.from}`,
    `To: ${to.join(',\r\n\t')}`,
    `Subject: Report Domain: ${report.domain}\r\n\tSubmitter: ${report.host}\r\n\tReport-ID: <${id}>`,
    `Date: ${date}`,
    `Message-ID: <${id}@${report.host}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `This is a DMARC aggregate report for ${report.domain} of ${report.day} (UTC), made by ${report.host}.`,
    '',
    `--${boundary}`,
    'Content-Type: application/gzip',
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment;\r\n\tfilename="${file}"`,
    '',
    ...(gzip.toString('base64').match(/.{1,76}/g) ?? []),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}
