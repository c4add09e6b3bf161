/** The MTA-STS policy of the pair (RFC 8461) and the records that refer to it. Pure. */
import {
  composeMtaStsRecord,
  mtaStsName,
  POLICY_PATH,
  policyHost,
  policyId,
} from '@mailpair/shared/dns-records/mta-sts';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { MtaStsPolicy } from './dns-plan.ts';

export const policyOf = (domain: string, text: string): MtaStsPolicy => ({
  domain,
  url: `https://${policyHost(domain)}${POLICY_PATH}`,
  id: policyId(text),
  text,
});

export function policyRecords(
  { domain, id }: MtaStsPolicy,
  webServer: string | null,
  ttl: number,
): RecordSet[] {
  const name = policyHost(domain);
  return [
    { name: mtaStsName(domain), ttl, type: 'TXT', values: [composeMtaStsRecord(id)] },
    ...(webServer === null || webServer === name
      ? []
      : [{ name, ttl, type: 'CNAME' as const, values: [webServer] }]),
  ];
}
