/** Whether a certificate and its key serve: readable, of one pair, and valid now. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface CertificateProblem {
  readonly of: 'certificate' | 'key';
  readonly problem: string;
  readonly fix: string;
  /** It works still, or works for most. */
  readonly mild?: boolean;
}

const soonMs = 14 * 86_400_000;

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
    ...judgeTime(certificate, now),
    ...judgeName(certificate, host),
  ];
}

function judgePair(certificate: X509Certificate, key: KeyObject | undefined): CertificateProblem[] {
  if (!key || certificate.checkPrivateKey(key)) return [];
  const fix = 'name the key that the certificate was made with';
  return [{ of: 'key', problem: 'does not belong to the certificate in tls.certFile', fix }];
}

function judgeTime(certificate: X509Certificate, now: number): CertificateProblem[] {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const fix = 'renew it, then send SIGHUP to the gateway';
  if (now > to) return [{ of: 'certificate', problem: `expired on ${certificate.validTo}`, fix }];
  if (now < from) {
    return [
      {
        of: 'certificate',
        problem: `is valid only from ${certificate.validFrom}`,
        fix: 'check the clock of this host',
      },
    ];
  }
  if (to - now < soonMs)
    return [{ of: 'certificate', problem: `expires on ${certificate.validTo}`, fix, mild: true }];
  return [];
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
