/** The keys of DMARC aggregate reports: what is gathered, and whether it is sent. */
import { age, yesNo } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import { reportAddress } from '../schema/publish-values.ts';

export const dmarcReportKeys = {
  'dmarcReports.collect': key(
    yesNo,
    true,
    'Whether what DMARC said of strangers is counted for reports, of domains that want them (rua). mailpair dmarc report shows it.',
    'false',
  ),
  'dmarcReports.keep': key(age, '30d', 'How long that is kept.', '90d'),
  'dmarcReports.send': key(
    yesNo,
    false,
    'Whether each gateway sends the reports of what it saw, once a day, to the addresses that domains name and that want them.',
    'true',
  ),
  'dmarcReports.from': optional(
    reportAddress,
    'The address that reports are from. Its domain should be hosted here and have keys in dkim.keys.',
    'dmarc-reports@example.com',
  ),
} as const;
