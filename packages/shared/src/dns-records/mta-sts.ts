/** The MTA-STS policy of the pair (RFC 8461) and the records that point to it. Pure. */
import { createHash } from 'node:crypto';
import type { PublishSettings } from '../config/settings/publish.ts';
import type { MtaStsPolicy, RecordSet } from './records.ts';

type Mode = PublishSettings['mtaSts']['mode'];

/** §3.2. Both MX hosts are named, or senders that enforce would refuse the second one. */
export function composePolicy(mode: Exclude<Mode, 'off'>, mx: readonly string[], maxAgeMs: number): string {
  const lines = [
    'version: STSv1',
    `mode: ${mode}`,
    ...mx.map((name) => `mx: ${name}`),
    `max_age: ${Math.floor(maxAgeMs / 1000)}`,
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** §3.1: at most 32 letters and digits. Made from the text, so it changes when the text does and never otherwise. */
export const policyId = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);

export const policyOf = (domain: string, text: string): MtaStsPolicy => ({
  domain,
  url: `https://${policyHost(domain)}/.well-known/mta-sts.txt`,
  id: policyId(text),
  text,
});

export const policyHost = (domain: string): string => `mta-sts.${domain}`;

export function policyRecords(
  { domain, id }: MtaStsPolicy,
  webServer: string | null,
  ttl: number,
): RecordSet[] {
  const name = policyHost(domain);
  return [
    { name: `_mta-sts.${domain}`, ttl, type: 'TXT', values: [`v=STSv1; id=${id};`] },
    ...(webServer === null || webServer === name
      ? []
      : [{ name, ttl, type: 'CNAME' as const, values: [webServer] }]),
  ];
}
