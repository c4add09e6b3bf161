import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { ed25519Pem, verify, writeKeys, zoneOf } from '../../support/dkim.ts';
import type { DnsZone } from '../../support/dns-server.ts';
import { arrived, composeOwn } from '../../support/own-mail.ts';
import { sendOnce } from '../../support/senders.ts';
import { useSigningPair } from '../../support/signing-pair.ts';
import { startClamd, type StandIn } from '../../support/stand-in-engines.ts';

describe('what is held leaves signed when it is released', () => {
  let clamd: StandIn;
  let zone: DnsZone = {};
  before(async () => {
    clamd = await startClamd({ scan: () => 'stream: Test.Virus FOUND' });
  });
  after(() => clamd.close());
  const pair = useSigningPair({ start: ['outbound'] }, (keys) => {
    writeKeys(keys, 'example.com', { s: ed25519Pem() });
    zone = zoneOf(keys, 'example.com', ['s']);
  });

  it('because it was signed before it was put away', async () => {
    const { internet, outbound, submission, configure, configFile } = pair();
    configure({ 'clamav.servers': [clamd.name], 'clamav.virus': 'quarantine' });
    outbound.signal('SIGHUP');
    await outbound.until(({ event }) => event === 'gateway.reloaded');
    const message = composeOwn('plain', { from: 'anna@example.com', to: ['bert@example.net'] });
    await sendOnce(submission, message);
    const { id } = await outbound.until(({ event }) => event === 'message.held');
    expect(internet.deliveries).to.deep.equal([]);
    const { code } = await mailpair([
      'queue',
      'release',
      String(id),
      '--role',
      'outbound',
      '--config',
      configFile,
    ]);
    expect(code).to.equal(0);
    await internet.until((all) => all.some((each) => each.id === message.id));
    const delivery = internet.deliveries.find((each) => each.id === message.id)!;
    expect((await verify(arrived(delivery, message), zone)).dkim).to.deep.equal([
      'pass ed25519-sha256 example.com s',
    ]);
  });
});
