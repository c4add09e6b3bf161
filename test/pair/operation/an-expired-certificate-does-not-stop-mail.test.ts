import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeCertificate, serverExtensions } from '@mailpair/shared/platform/tls/x509';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { metricOf } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

const DAY_MS = 86_400_000;

describe('an expired certificate', () => {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-expired-'));
  const [certFile, keyFile] = ['cert.pem', 'key.pem'].map((name) => join(directory, name)) as [
    string,
    string,
  ];
  after(() => rmSync(directory, { recursive: true }));
  const expiredAt = Math.floor(Date.now() / 1000) * 1000 - 2 * DAY_MS;
  writeCertificate(expiredAt);
  const pair = usePair({ config: { 'tls.certFile': certFile, 'tls.keyFile': keyFile } });

  function writeCertificate(validUntil: number): void {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = composeCertificate({
      subject: 'mx-in.example.com',
      publicKey,
      issuer: { name: 'mx-in.example.com', privateKey },
      validFrom: validUntil - 90 * DAY_MS,
      validUntil,
      extensions: serverExtensions(['mx-in.example.com', 'mx-out.example.com']),
    });
    writeFileSync(certFile, pem);
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }

  it('does not stop mail', async () => {
    const { mxIn, mxOut } = pair();
    for (const target of [mxIn, mxOut]) {
      const message = composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
      const { accepted } = await sendOnce({ ...target, localAddress: '127.0.0.9' }, message);
      expect([...accepted.keys()]).to.deep.equal(['anna@example.com']);
    }
  });

  it('is an error in the log, and shown by status and metrics', async () => {
    for (const role of ['inbound', 'outbound'] as const) {
      const logged = pair()[role].logged('tls.certificate-expired');
      expect(logged).to.have.length(1);
      expect(logged[0]).to.include({
        file: certFile,
        level: 'error',
        until: new Date(expiredAt).toISOString(),
      });
      expect(await metricOf(pair(), role, 'certificate_expires_timestamp_seconds')).to.equal(
        expiredAt / 1000,
      );
      const { out } = await mailpair(['status', '--role', role, '--config', pair().configFile]);
      expect(out).to.include(`certificate ${certFile} HAS EXPIRED 2d`);
    }
  });

  it('is replaced by SIGHUP', async () => {
    writeCertificate(expiredAt + 90 * DAY_MS);
    const { inbound, configFile } = pair();
    inbound.signal('SIGHUP');
    await inbound.until(() => inbound.logged('gateway.reloaded').length > 0);
    const { out } = await mailpair(['status', '--role', 'inbound', '--config', configFile]);
    expect(out).to.not.include('certificate');
    expect(inbound.logged('tls.certificate-expired')).to.have.length(1);
  });
});
