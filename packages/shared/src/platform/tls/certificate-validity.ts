/** From when until when a certificate serves, and from when on an operator must hear that it ends. */
import { X509Certificate } from 'node:crypto';

/** Milliseconds since the epoch. */
export interface Validity {
  readonly validFrom: number;
  readonly validUntil: number;
}

const DAY_MS = 86_400_000;
const LONGEST_NOTICE_MS = 30 * DAY_MS;

/**
 * The time in which every certificate of a chain is valid.
 * @throws when a certificate cannot be read, or there is none
 */
export function validityOf(pem: string): Validity {
  const chain = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [pem];
  const all = chain.map((each) => new X509Certificate(each));
  return {
    validFrom: Math.max(...all.map(({ validFrom }) => Date.parse(validFrom))),
    validUntil: Math.min(...all.map(({ validTo }) => Date.parse(validTo))),
  };
}

/** A third of its lifetime before its end, and 30 days at most. Programs that renew certificates do so earlier or then. */
export const noticeFrom = ({ validFrom, validUntil }: Validity): number =>
  validUntil - Math.min(LONGEST_NOTICE_MS, (validUntil - validFrom) / 3);

export type Standing = 'valid' | 'ends soon' | 'expired' | 'not yet valid';

export function standingOf(validity: Validity, now: number): Standing {
  if (now > validity.validUntil) return 'expired';
  if (now < validity.validFrom) return 'not yet valid';
  return now >= noticeFrom(validity) ? 'ends soon' : 'valid';
}
