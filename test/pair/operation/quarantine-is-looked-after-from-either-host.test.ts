import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { mailpair, type Said } from '../../mailpair/command.ts';
import { newSecret, useSecret } from '../../support/heartbeat.ts';
import { addressList } from '../../support/list-zone.ts';
import { composeMessage } from '../../support/messages.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('quarantine is looked after from either host', () => {
  const secret = useSecret();
  const pair = useProxiedPair({
    start: ['inbound', 'outbound'],
    config: { ...secret.config, 'lists.deny': [{ zone: 'bl.test', score: 8 }] },
    zone: addressList('bl.test', { '192.0.2.7': ['127.0.0.2'] }),
  });

  before(async () => {
    const { octets } = composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });
    const client = await pair().clientAt('192.0.2.7');
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.com>');
    expect(await client.data(octets)).to.include({ code: 250 });
    client.destroy();
  });

  /** On the host of outbound: inbound's files are not there. */
  const onOutbound = (...argv: readonly string[]): Promise<Said> =>
    mailpair([...argv, '--config', pair().configFile, '--set', 'inbound.spool=/nowhere/inbound']);

  it('shows and releases what the other gateway took', async () => {
    const listed = await onOutbound('quarantine', 'list', '--json');
    expect(listed.code, listed.err).to.equal(0);
    const { id, role, host } = JSON.parse(listed.out) as { id: string; role: string; host: string };
    expect({ role, host }).to.deep.equal({ role: 'inbound', host: 'mx-in.example.com' });
    expect((await onOutbound('quarantine', 'show', '--message', id)).out).to.include('X-Demo-Id');
    const released = await onOutbound('quarantine', 'release', id);
    expect(released, released.err).to.include({ code: 0 });
    await pair().local.until((deliveries) => deliveries.length === 1);
    expect(pair().local.deliveries[0]!.to).to.deep.equal(['anna@example.com']);
  });

  it('lets nobody in by another secret', async () => {
    const path = join(pair().directory, 'other.secret');
    writeFileSync(path, newSecret());
    const { code, err } = await onOutbound('quarantine', 'list', '--set', `pair.secretFile=${path}`);
    expect(code).to.equal(1);
    expect(err).to.match(/^inbound mx-in\.example\.com was not asked: http:.* says 401/m);
  });

  it('says who could not be asked, and why', async () => {
    await pair().inbound.stop();
    const { code, err } = await onOutbound('quarantine', 'list');
    expect(code).to.equal(1);
    expect(err).to.match(/^inbound mx-in\.example\.com was not asked: http:.*ECONNREFUSED/m);
  });
});
