import { after, before, describe, it } from 'mocha';
import { expect } from 'chai';
import { lookUpMx } from '@mailpair/shared/smtp/route/mx';
import type { MxLookUp } from '@mailpair/shared/smtp/route/mx';
import { createResolver } from '@mailpair/shared/platform/dns/resolver';
import { startDns } from '../../../support/dns-server.ts';
import type { TestDns } from '../../../support/dns-server.ts';

describe('The MX hosts of a domain', () => {
  let dns: TestDns;
  let lookUp: (domain: string) => Promise<MxLookUp>;

  before(async () => {
    dns = await startDns({
      'example.com': {
        MX: [
          [20, 'mx2.example.com'],
          [10, 'mx1.example.com'],
        ],
      },
      'implicit.example': { AAAA: ['2001:db8::1'] },
      'null.example': { MX: [[0, '.']], A: ['192.0.2.1'] },
      'empty.example': { TXT: ['nothing here'] },
      'ours.example': {
        MX: [
          [10, 'mx-in.example.org'],
          [20, 'far.example'],
        ],
      },
      'backed.example': {
        MX: [
          [10, 'far.example'],
          [20, 'mx-in.example.org'],
        ],
      },
      'mx-in.example.org': { A: ['192.0.2.10'] },
      'servfail.example': 'SERVFAIL',
      'refused.example': 'REFUSED',
      'doubt.example': { A: 'SERVFAIL' },
    });
    const resolver = createResolver({ servers: [dns.address], timeoutMs: 5_000 });
    const context = { resolver, ownNames: ['mx-in.example.org', '192.0.2.10'], random: { next: () => 0 } };
    lookUp = (domain) => lookUpMx(domain, context);
  });

  after(() => dns.close());

  async function refusal(domain: string): Promise<{ kind: string; code: string; text: string }> {
    const found = await lookUp(domain);
    if (found.kind === 'hosts') return expect.fail(`hosts ${found.hosts.join(', ')}`);
    const { code, enhanced, text } = found.reply;
    return { kind: found.kind, code: `${code} ${enhanced}`, text };
  }

  it('are ordered by preference', async () => {
    expect(await lookUp('example.com')).to.deep.equal({
      kind: 'hosts',
      hosts: ['mx1.example.com', 'mx2.example.com'],
    });
  });

  it('are the domain itself when it has an address and no MX (RFC 5321 5.1)', async () => {
    expect(await lookUp('Implicit.example')).to.deep.equal({ kind: 'hosts', hosts: ['implicit.example'] });
  });

  it('are none, for good, when the domain does not exist', async () => {
    const { text, ...rest } = await refusal('nowhere.example');
    expect(rest).to.deep.equal({ kind: 'permanent', code: '550 5.1.2' });
    expect(text).to.contain('nowhere.example').and.to.contain('ENOTFOUND');
  });

  it('are none, for good, when the domain has a null MX, though it has an address (RFC 7505)', async () => {
    const { text, ...rest } = await refusal('null.example');
    expect(rest).to.deep.equal({ kind: 'permanent', code: '556 5.1.10' });
    expect(text).to.contain('null.example');
  });

  it('are none, for good, when the domain has neither MX nor address', async () => {
    const { text, ...rest } = await refusal('empty.example');
    expect(rest).to.deep.equal({ kind: 'permanent', code: '550 5.4.4' });
    expect(text).to.contain('empty.example').and.to.contain('ENODATA');
  });

  it('are not known yet when DNS gives no answer for the MX or for the address in its place', async () => {
    for (const [domain, fault] of [
      ['servfail.example', 'ESERVFAIL'],
      ['refused.example', 'EREFUSED'],
      ['doubt.example', 'ESERVFAIL'],
    ] as const) {
      const { text, ...rest } = await refusal(domain);
      expect(rest, domain).to.deep.equal({ kind: 'temporary', code: '451 4.4.3' });
      expect(text).to.contain(domain).and.to.contain(fault).and.to.contain(dns.address);
    }
  });

  it('are only those better than this host', async () => {
    expect(await lookUp('backed.example')).to.deep.equal({ kind: 'hosts', hosts: ['far.example'] });
  });

  it('make mail wait when this host is the best of them, implicitly or as a literal too', async () => {
    for (const domain of ['ours.example', 'mx-in.example.org', '[192.0.2.10]']) {
      const { text, ...rest } = await refusal(domain);
      expect(rest, domain).to.deep.equal({ kind: 'temporary', code: '451 4.4.6' });
      expect(text).to.contain(domain).and.to.contain('hosted domains');
    }
  });

  it('are the address in an address literal, without DNS', async () => {
    const before = dns.queries.length;
    expect(await lookUp('[192.0.2.1]')).to.deep.equal({ kind: 'hosts', hosts: ['192.0.2.1'] });
    expect(await lookUp('[IPv6:2001:DB8::1]')).to.deep.equal({ kind: 'hosts', hosts: ['2001:db8::1'] });
    expect(dns.queries.length).to.equal(before);
  });

  it('are none, for good, for a literal that is no address and for no domain at all', async () => {
    for (const domain of ['[192.0.2]', '[2001:db8::1]', '[IPv6:192.0.2.1]', '[]', '[192.0.2.1', '']) {
      const { text, ...rest } = await refusal(domain);
      expect(rest, domain).to.deep.equal({ kind: 'permanent', code: '550 5.1.2' });
      expect(text).to.contain(domain);
    }
  });
});
