import { after, afterEach, before, describe, it } from 'mocha';
import { expect } from 'chai';
import { lookUpHost } from '@mailpair/shared/smtp/route/hosts';
import type { HostLookUpContext } from '@mailpair/shared/smtp/route/hosts';
import { createNetworks } from '@mailpair/shared/platform/network/addresses';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import type { Resolver } from '@mailpair/shared/platform/dns/resolver';
import { startDns } from '../../../support/dns-server.ts';
import type { TestDns } from '../../../support/dns-server.ts';

describe('The addresses of a host', () => {
  let dns: TestDns;
  let resolver: Resolver;
  let privateDestinations = createNetworks([]);

  before(async () => {
    dns = await startDns({
      'one.example': { A: ['192.0.2.1'] },
      'many.example': {
        A: ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6'],
        AAAA: ['2001:db8::1'],
      },
      'six.example': { A: ['192.0.2.1'], AAAA: ['2001:db8::1', '2001:db8::2', '2001:db8::3'] },
      'empty.example': { TXT: ['nothing here'] },
      'servfail.example': 'SERVFAIL',
      'loopback.example': { A: ['127.0.0.1'], AAAA: ['::1'] },
      'metadata.example': { A: ['169.254.169.254'] },
      'private.example': { A: ['10.1.2.3'], AAAA: ['fd00::1'] },
      'translated.example': { AAAA: ['64:ff9b::a01:203'] },
      'both.example': { A: ['10.1.2.3', '192.0.2.1', '127.0.0.1'], AAAA: ['::1', '2001:db8::1'] },
      'half.example': { A: ['127.0.0.1', '10.1.2.3'] },
    });
    resolver = createResolver({ servers: [dns.address], timeoutMs: 5_000 });
  });

  after(() => dns.close());

  async function addressesOf(host: string): Promise<readonly string[]> {
    const found = await lookUpHost(host, { resolver, namedBy: 'dns', privateDestinations });
    return found.kind === 'addresses' ? found.addresses : expect.fail(found.reply.text);
  }

  async function refusal(host: string, namedBy: HostLookUpContext['namedBy']): Promise<string> {
    const found = await lookUpHost(host, { resolver, namedBy, privateDestinations });
    if (found.kind === 'addresses') return expect.fail(`addresses ${found.addresses.join(', ')}`);
    expect(found.reply.text).to.contain(host);
    return `${found.kind} ${found.reply.code} ${found.reply.enhanced}`;
  }

  it('are itself when it is an address', async () => {
    expect(await addressesOf('192.0.2.9')).to.deep.equal(['192.0.2.9']);
    expect(await addressesOf('2001:db8::9')).to.deep.equal(['2001:db8::9']);
    expect(dns.queries).to.deep.equal([]);
  });

  it('are none of a name without a dot, which is not asked for: it may be a host of this site', async () => {
    expect(await refusal('intranet', 'dns')).to.equal('permanent 550 5.4.4');
    expect(dns.queries).to.deep.equal([]);
  });

  it('take the families in turn', async () => {
    expect(await addressesOf('one.example')).to.deep.equal(['192.0.2.1']);
    expect(await addressesOf('six.example')).to.deep.equal([
      '192.0.2.1',
      '2001:db8::1',
      '2001:db8::2',
      '2001:db8::3',
    ]);
  });

  it('are at most five', async () => {
    expect(await addressesOf('many.example')).to.deep.equal([
      '192.0.2.1',
      '2001:db8::1',
      '192.0.2.2',
      '192.0.2.3',
      '192.0.2.4',
    ]);
  });

  it('are none, for good, when DNS says so of a host that DNS named', async () => {
    expect(await refusal('gone.example', 'dns')).to.equal('permanent 550 5.4.4');
    expect(await refusal('empty.example', 'dns')).to.equal('permanent 550 5.4.4');
  });

  it('are waited for when the configuration names a host that has none', async () => {
    expect(await refusal('gone.example', 'configuration')).to.equal('temporary 451 4.4.4');
    expect(await refusal('empty.example', 'configuration')).to.equal('temporary 451 4.4.4');
  });

  it('are waited for when DNS gives no answer', async () => {
    expect(await refusal('servfail.example', 'dns')).to.equal('temporary 451 4.4.3');
    expect(await refusal('servfail.example', 'configuration')).to.equal('temporary 451 4.4.3');
  });

  describe('that DNS named', () => {
    afterEach(() => {
      privateDestinations = createNetworks([]);
    });

    it('are those in the internet', async () => {
      expect(await addressesOf('both.example')).to.deep.equal(['192.0.2.1', '2001:db8::1']);
    });

    it('are none, for good, when nobody but this host and its link can have them', async () => {
      for (const host of ['loopback.example', 'metadata.example', 'localhost', '127.0.0.1', '::1', '0.0.0.0'])
        expect(await refusal(host, 'dns'), host).to.equal('permanent 550 5.4.4');
    });

    it('are waited for when they are private: the site may reach them', async () => {
      for (const host of ['private.example', 'translated.example', 'half.example', '192.168.1.1', 'fd00::1'])
        expect(await refusal(host, 'dns'), host).to.equal('temporary 451 4.4.4');
    });

    it('may be in the networks that the operator lists, behind a translator too', async () => {
      privateDestinations = createNetworks(['10.0.0.0/8', '127.0.0.1', 'fd00::/64']);
      expect(await addressesOf('private.example')).to.deep.equal(['10.1.2.3', 'fd00::1']);
      expect(await addressesOf('translated.example')).to.deep.equal(['64:ff9b::a01:203']);
      expect(await addressesOf('loopback.example')).to.deep.equal(['127.0.0.1']);
      expect(await refusal('127.0.0.2', 'dns')).to.equal('permanent 550 5.4.4');
    });

    it('and those that the operator named are any', async () => {
      for (const host of ['loopback.example', 'private.example', '10.0.0.1', 'localhost']) {
        const found = await lookUpHost(host, { resolver, namedBy: 'configuration', privateDestinations });
        expect(found.kind, host).to.equal('addresses');
      }
    });
  });
});
