/** Reports, at the start, after a reload and daily, that the certificate of the SMTP listeners ends soon or has ended. */
import { standingOf } from '../../platform/tls/certificate-validity.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Certificate } from '../../config/tls.ts';

const DAY_MS = 86_400_000;
const RENEW = 'renew it, then send SIGHUP to the gateway';

export class CertificateWatch {
  readonly #certificate: () => Certificate;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;

  constructor(certificate: () => Certificate, clock: Pick<Clock, 'now'>, log: Log) {
    this.#certificate = certificate;
    this.#clock = clock;
    this.#log = log;
    this.#timer = setInterval(() => this.report(), DAY_MS).unref();
  }

  report(): void {
    const { file, selfSigned, validity } = this.#certificate();
    const standing = standingOf(validity, this.#clock.now());
    if (standing === 'valid') return;
    const until = new Date(validity.validUntil).toISOString();
    const fix = selfSigned ? 'send SIGHUP to the gateway, which makes a new one' : RENEW;
    if (standing === 'ends soon') this.#log.warn('tls.certificate-ends', { file, until, fix });
    if (standing === 'expired') this.#log.error('tls.certificate-expired', { file, until, fix });
    if (standing === 'not yet valid') {
      const from = new Date(validity.validFrom).toISOString();
      this.#log.error('tls.certificate-not-yet-valid', { file, from, fix: 'check the clock of this host' });
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
