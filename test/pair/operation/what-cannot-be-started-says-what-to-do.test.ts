import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { INBOUND } from '../../support/pair.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a gateway that cannot start', () => {
  const pair = usePair({ start: [] });

  /** What it says on the way out. */
  async function complaint(): Promise<string> {
    const { inbound } = pair();
    try {
      await inbound.start();
    } catch (error) {
      return (error as Error).message;
    }
    await inbound.kill9();
    return expect.fail('it started');
  }

  it('for a missing certificate names the file, the key and the fix', async () => {
    const { configure, directory } = pair();
    const certFile = join(directory, 'missing.crt');
    configure({ 'tls.certFile': certFile, 'tls.keyFile': join(directory, 'missing.key') });
    const said = await complaint();
    expect(said).to.match(/status 2/);
    expect(said).to.include('tls.certFile').and.include(certFile);
    configure({ 'tls.certFile': null, 'tls.keyFile': null });
  });

  it('for a broken YAML names file and line', async () => {
    const { configure, configFile } = pair();
    writeFileSync(configFile, `domains: [example.com]\ninbound:\n  host: ${INBOUND}\n bad: [\n`);
    const said = await complaint();
    expect(said)
      .to.include(configFile)
      .and.match(/(line |:)[345]\b/);
    configure({});
  });

  it('for an unknown key names the nearest known one', async () => {
    const { configure, configFile } = pair();
    writeFileSync(configFile, 'domains: [example.com]\nlocalserver: ["127.0.0.1:25"]\n');
    expect(await complaint())
      .to.include('localserver')
      .and.include('localServers');
    configure({});
  });

  it('for an address in use names it', async () => {
    const { configure, local, mxIn } = pair();
    configure({ 'inbound.listen': [`127.0.0.1:${local.port}`] });
    expect(await complaint())
      .to.include(`127.0.0.1:${local.port}`)
      .and.include('another program');
    configure({ 'inbound.listen': [`127.0.0.1:${mxIn.port}`] });
  });

  it('for an http address in use names the key, the address and the fix', async () => {
    const { configure, directory, local } = pair();
    const address = `127.0.0.1:${local.port}`;
    configure({ 'inbound.http': address });
    const said = await complaint();
    expect(said).to.match(/status 2/);
    expect(said)
      .to.include(`inbound.http: cannot listen for HTTP at ${address}: another program listens there already`)
      .and.include(`ss -ltnp 'sport = :${local.port}'`)
      .and.include('stop it, or change inbound.http');
    configure({ 'inbound.http': 'none', 'outbound.spool': join(directory, 'inbound') });
    expect(await complaint()).to.include('outbound.spool: is the spool of inbound too (inbound.spool)');
    configure({ 'outbound.spool': join(directory, 'outbound') });
  });

  it('for an address that another gateway shares among its workers names it, once', async () => {
    const { configure, outbound, mxIn, mxOut } = pair();
    configure({ 'outbound.workers': 2, 'inbound.workers': 2, 'inbound.listen': [`127.0.0.1:${mxOut.port}`] });
    await outbound.start();
    const said = await complaint();
    expect(said).to.match(/status 2/);
    expect(said.split(`127.0.0.1:${mxOut.port}: another program`)).to.have.length(2);
    await outbound.stop();
    configure({ 'outbound.workers': 1, 'inbound.workers': 1, 'inbound.listen': [`127.0.0.1:${mxIn.port}`] });
  });

  it('for a spool that is in use says by whom', async () => {
    const { inbound, configFile } = pair();
    await inbound.start();
    const { gatewayProcess } = await import('../../support/gateway-process.ts');
    const twin = gatewayProcess({
      role: 'inbound',
      configFile,
      args: ['--set', 'inbound.listen=127.0.0.1:0', '--set', 'inbound.http=none'],
    });
    const said = await twin.start().then(
      () => 'it started',
      (error: Error) => error.message,
    );
    await twin.kill9();
    expect(said).to.include(String(inbound.pid)).and.include('spool');
  });
});
