import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { checkout } from '../../support/checkout.ts';
import { gatewayProcess, type GatewayProcess } from '../../support/gateway-process.ts';
import { skipBecause } from '../../support/skip.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const SETPRIV = '/usr/bin/setpriv';
const NOBODY = 65_534;

describe('a private key that the account of the gateway cannot read', () => {
  const pair = usePair({ start: [] });
  let inbound: GatewayProcess;
  let keyFile: string;

  before(function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'only root can start a program as another account');
    if (!existsSync(SETPRIV))
      skipBecause(this, 'setpriv is missing; install it with: apt-get install util-linux');
    const { directory, configFile, configure } = pair();
    const certFile = join(directory, 'cert.pem');
    keyFile = join(directory, 'key.pem');
    for (const file of [certFile, keyFile])
      copyFileSync(join(checkout, 'test/fixtures/config', file.slice(directory.length)), file);
    configure({ 'tls.certFile': certFile, 'tls.keyFile': keyFile });
    chmodSync(directory, 0o755);
    chmodSync(configFile, 0o644);
    chmodSync(certFile, 0o644);
    mkdirSync(join(directory, 'inbound'));
    chownSync(join(directory, 'inbound'), NOBODY, NOBODY);
    const within = [SETPRIV, '--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--init-groups'];
    inbound = gatewayProcess({ role: 'inbound', configFile, within });
  });
  after(() => inbound?.kill9());

  it('prevents the start, which names the key, the file and the fix', async () => {
    chmodSync(keyFile, 0o600);
    const said = await inbound.start().then(
      () => 'it started',
      (error: Error) => error.message,
    );
    expect(said)
      .to.match(/status 2/)
      .and.include('tls.keyFile: the private key cannot be read by the account nobody')
      .and.include(`chgrp ${NOBODY} ${keyFile} && chmod 640 ${keyFile}`);
  });

  it('is refused by a running gateway, which goes on with the old one', async () => {
    chownSync(keyFile, 0, NOBODY);
    chmodSync(keyFile, 0o640);
    await inbound.start();
    chmodSync(keyFile, 0o600);
    inbound.signal('SIGHUP');
    await inbound.until(({ event }) => event === 'gateway.reload-refused');
    const [refused] = inbound.logged('gateway.reload-refused');
    expect(refused).to.include({ level: 'error' });
    expect(refused?.reason).to.include('tls.keyFile').and.include(`chmod 640 ${keyFile}`);
    const session = await SmtpClient.greet(pair().mxIn);
    expect(await session.say('STARTTLS')).to.include({ code: 220 });
    session.destroy();
  });
});
