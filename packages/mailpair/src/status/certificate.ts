/** Texts of `mailpair status` about the certificate of the SMTP listeners. Pure. */
import type { Answer } from '@mailpair/shared/api/reach-gateway';
import { standingOf, type Standing } from '@mailpair/shared/platform/tls/certificate-validity';
import { formatAge } from '@mailpair/shared/platform/values/age';
import type { Trouble } from './report.ts';

type CertificateState = NonNullable<Answer<'status', 'show'>['certificate']>;

const RENEW = 'renew it and send SIGHUP';

/** @returns undefined while the certificate is valid for long enough */
export function troubleWithCertificate(
  { file, selfSigned, ...validity }: CertificateState,
  now: number,
): Trouble | undefined {
  const { validFrom, validUntil } = validity;
  const fix = selfSigned ? 'send SIGHUP, and a new one is made' : RENEW;
  const troubles: Readonly<Record<Standing, Trouble | undefined>> = {
    valid: undefined,
    'ends soon': { severity: 'notice', text: `expires in ${formatAge(validUntil - now)}`, fix },
    expired: { severity: 'error', text: `HAS EXPIRED ${formatAge(now - validUntil)} ago`, fix },
    'not yet valid': {
      severity: 'error',
      text: `IS VALID ONLY IN ${formatAge(validFrom - now)}`,
      fix: 'check the clock of its host',
    },
  };
  const trouble = troubles[standingOf(validity, now)];
  return trouble && { ...trouble, text: `certificate ${file} ${trouble.text}` };
}
