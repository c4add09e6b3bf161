/** The certificate of the listeners. */
import type { Findings } from '../schema/findings.ts';
import { choice, file } from '../schema/format.ts';
import { key, optional } from '../schema/key.ts';
import type { SettingsOf } from '../schema/place.ts';

export const tlsKeys = {
  'tls.certFile': optional(
    file('certificate'),
    'Certificate with its chain (PEM). Without one a self-signed certificate is made at start.',
    '/etc/mailpair/tls.crt',
  ),
  'tls.keyFile': optional(file('key'), 'Private key of the certificate (PEM).', '/etc/mailpair/tls.key'),
  'tls.minVersion': key(
    choice('TLSv1.2', 'TLSv1.3'),
    'TLSv1.2',
    'Oldest TLS version that is spoken.',
    'TLSv1.3',
  ),
} as const;

export function checkTls({ tls }: SettingsOf<typeof tlsKeys>, findings: Findings): void {
  if (!findings.isSound('tls.certFile') || !findings.isSound('tls.keyFile')) return;
  if (tls.certFile !== null && tls.keyFile === null) {
    findings.fault(
      'tls.keyFile',
      null,
      'is missing: there is a certificate without its key',
      'add keyFile: /PATH',
    );
  }
  if (tls.keyFile !== null && tls.certFile === null) {
    findings.fault(
      'tls.certFile',
      null,
      'is missing: there is a key without its certificate',
      'add certFile: /PATH',
    );
  }
}
