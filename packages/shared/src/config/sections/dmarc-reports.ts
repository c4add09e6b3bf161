/** The keys of DMARC aggregate reports: what is gathered, and whether it is sent. */
import { age, yesNo } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import { reportAddress } from '../schema/publish-values.ts';
import { domainOf } from '../../platform/values/address.ts';
import type { Findings } from '../schema/findings.ts';
import type { SettingsOf } from '../schema/place.ts';
import type { Hosted } from './domains.ts';

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

export function checkDmarcReports(
  { dmarcReports: { send, from, collect }, domains }: SettingsOf<typeof dmarcReportKeys> & Hosted,
  findings: Findings,
): void {
  if (!send) return;
  if (from === null) {
    findings.fault('dmarcReports.send', 'true', 'sends reports from nobody', 'set dmarcReports.from');
    return;
  }
  if (!collect)
    findings.fault(
      'dmarcReports.send',
      'true',
      'sends what is not gathered',
      'set dmarcReports.collect: true',
    );
  if (!domains.some(({ name }) => name === domainOf(from)))
    findings.warn(
      'dmarcReports.from',
      from,
      'is of no hosted domain, so reports are not signed for it',
      'write an address of a hosted domain',
    );
}
