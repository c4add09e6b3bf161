import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GatewayHosts } from '../../shared/api/gateway-fixture.ts';
import { mailpair, type Said } from '../command.ts';

describe('mailpair ban list, lift and add', () => {
  let hosts: GatewayHosts;
  const run = (...argv: readonly string[]): Promise<Said> =>
    mailpair(['ban', ...argv, '--config', hosts.config]);
  beforeEach(() => {
    hosts = new GatewayHosts();
    hosts.configure();
  });
  afterEach(() => hosts.close());

  it('bans an address or a network, shows it and lifts it', async () => {
    await hosts.run('inbound');
    expect((await run('list')).err).to.include('Nobody is banned');
    const added = await run('add', '192.0.2.0/24', '--for', '7d', '--reason', 'floods us');
    expect(added).to.include({ code: 0 });
    expect(added.out).to.match(/^Banned 192\.0\.2\.0\/24 until \S+ \S+Z \(in [67]d\)\.$/m);
    await run('add', '2001:db8::1');
    const [heads, ipv6, ipv4] = (await run('list')).out.split('\n');
    expect(heads).to.match(/^NETWORK +SINCE +ENDS +BY +TIMES +REASON$/);
    expect(ipv6).to.match(/^2001:db8::1\/128 +0s ago +in (1d|23h) +operator +1 +banned by hand$/);
    expect(ipv4).to.match(/^192\.0\.2\.0\/24 .* floods us$/);
    const lifted = await run('lift', '192.0.2.77');
    expect(lifted).to.deep.include({ code: 0, out: 'Lifted the ban of 192.0.2.0/24 (floods us).\n' });
    const json = (await run('list', '--json')).out.trim().split('\n');
    expect(json.map((line) => (JSON.parse(line) as { network: string }).network)).to.deep.equal([
      '2001:db8::1/128',
    ]);
  });

  it('says which gateway it could not ask, and that nobody is banned', async () => {
    await hosts.run('inbound');
    const { code, err } = await run('list');
    expect(code).to.equal(1);
    expect(err).to.match(/^outbound mx-out\.example\.com was not asked: .*pair\.secretFile/m);
    expect(await run('lift', '192.0.2.7')).to.include({ code: 1 });
  });

  it('says what was written wrongly, and when no gateway runs', async () => {
    const wrong = [['lift', 'nobody'], ['lift'], ['add', '192.0.2.7', '--for', 'ever'], ['list', 'x']];
    for (const words of wrong) expect((await run(...words)).code, words.join(' ')).to.equal(2);
    await hosts.fill('inbound');
    const { code, err } = await run('list');
    expect(code).to.equal(2);
    expect(err).to.include('no gateway could be asked');
  });

  it('does not ban half of the internet', async () => {
    await hosts.run('inbound');
    const { code, err } = await run('add', '128.0.0.0/1');
    expect(code).to.equal(2);
    expect(err).to.include('too much of the internet');
  });
});
