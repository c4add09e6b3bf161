/** What is wrong between the keys of DMARC reports. Pure. */
import { domainOf } from '../platform/values/address.ts';
import type { Settings } from './settings.ts';
import type { Findings } from './schema/findings.ts';

export function checkDmarcReports(
  { dmarcReports: { send, from, collect }, domains }: Settings,
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
