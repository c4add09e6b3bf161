import { after, before, describe, it } from 'mocha';
import { expect } from 'chai';
import { lookUpHost } from '@mailpair/shared/route/hosts';
import type { HostLookUpContext } from '@mailpair/shared/route/hosts';
import { createResolver } from '@mailpair/shared/system/resolver';
import type { Resolver } from '@mailpair/shared/system/resolver';
import { startDns } from '../../support/dns-server.ts';
import type { TestDns } from '../../support/dns-server.ts';

describe('The addresses of a host', () => {
  let dns: TestDns;
  let resolver: Resolver;

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
    });
    resolver = createResolver({ servers: [dns.address], timeoutMs: 5_000 });
  });

  after(() => dns.close());

  async function addressesOf(host: string): Promise<readonly string[]> {
    const found = await lookUpHost(host, { resolver, namedBy: 'dns' });
    return found.kind === 'addresses' ? found.addresses : expect.fail(found.reply.text);
  }

  async function refusal(host: string, namedBy: HostLookUpContext['namedBy']): Promise<string> {
    const found = await lookUpHost(host, { resolver, namedBy });
    if (found.kind === 'addresses') return expect.fail(`addresses ${found.addresses.join(', ')}`);
    expect(found.reply.text).to.contain(host);
    return `${found.kind} ${found.reply.code} ${found.reply.enhanced}`;
  }

  it('are itself when it is an address', async () => {
    expect(await addressesOf('192.0.2.9')).to.deep.equal(['192.0.2.9']);
    expect(await addressesOf('2001:db8::9')).to.deep.equal(['2001:db8::9']);
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
});
