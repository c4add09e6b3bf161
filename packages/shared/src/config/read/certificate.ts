/** Whether a certificate and its key serve: readable, of one pair, and valid now. Only what TLS cannot use is not mild. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { standingOf, validityOf, type Standing } from '../../platform/tls/certificate-validity.ts';

export interface CertificateProblem {
  readonly of: 'certificate' | 'key';
  readonly problem: string;
  readonly fix: string;
  /** It works still, or works for most. */
  readonly mild?: boolean;
}

/** @param host the name clients connect to, when it is known which gateway this is */
export function judgeCertificate(
  pem: string,
  keyPem: string | undefined,
  now: number,
  host?: string,
): CertificateProblem[] {
  const certificate = attempt(() => new X509Certificate(pem));
  const key = keyPem === undefined ? undefined : attempt(() => createPrivateKey(keyPem));
  const problems: CertificateProblem[] = [];
  if (!certificate) {
    problems.push({
      of: 'certificate',
      problem: 'holds no certificate',
      fix: 'put the certificate in it as PEM, then its chain',
    });
  }
  if (keyPem !== undefined && !key) {
    problems.push({
      of: 'key',
      problem: 'holds no usable private key',
      fix: 'put the key in it as PEM, without a passphrase',
    });
  }
  if (!certificate) return problems;
  return [
    ...problems,
    ...judgePair(certificate, key),
    ...judgeTime(pem, now),
    ...judgeName(certificate, host),
  ];
}

function judgePair(certificate: X509Certificate, key: KeyObject | undefined): CertificateProblem[] {
  if (!key || certificate.checkPrivateKey(key)) return [];
  const fix = 'name the key that the certificate was made with';
  return [{ of: 'key', problem: 'does not belong to the certificate in tls.certFile', fix }];
}

/** Always mild: mail comes in with an expired certificate, because most senders do not verify it (RFC 7435). */
function judgeTime(pem: string, now: number): CertificateProblem[] {
  const validity = attempt(() => validityOf(pem));
  if (!validity) return [];
  const [from, until] = [validity.validFrom, validity.validUntil].map((at) => new Date(at).toUTCString());
  const fix = 'renew it, then send SIGHUP to the gateway';
  const problems: Readonly<Record<Standing, readonly [string, string] | null>> = {
    valid: null,
    'ends soon': [`expires on ${until}`, fix],
    expired: [`EXPIRED on ${until}: clients that verify it do not connect`, fix],
    'not yet valid': [`is valid only from ${from}`, 'check the clock of this host'],
  };
  const found = problems[standingOf(validity, now)];
  return found ? [{ of: 'certificate', problem: found[0], fix: found[1], mild: true }] : [];
}

function judgeName(certificate: X509Certificate, host: string | undefined): CertificateProblem[] {
  if (!host || certificate.checkHost(host) !== undefined) return [];
  const fix = `use a certificate that names ${host}`;
  return [{ of: 'certificate', problem: `is not for ${host}`, fix, mild: true }];
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
