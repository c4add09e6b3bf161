import { askBy, type AuthenticationDns } from '@mailpair/shared/filter/dkim-dmarc-arc/ask-dns';
import { reverseNameOf } from '@mailpair/shared/filter/client-name/learn-reverse-name';
import { DnsError } from '@mailpair/shared/platform/dns/resolver';
import { expect } from 'chai';
import { describe, it } from 'mocha';

describe('names of this site', () => {
  /** It answers for every name, and notes whose addresses were asked for. */
  function siteResolver(asked: string[]): AuthenticationDns {
    return {
      resolveAddresses: async (name) => {
        asked.push(name);
        return ['192.0.2.7'];
      },
      resolvePtr: async () => ['intranet', 'mail.sender.test'],
      resolveMx: async () => [],
      resolveTxt: async () => [],
      resolveOddName: async () => [],
    };
  }

  it('are not looked up for the SPF record of a stranger', async () => {
    const asked: string[] = [];
    const ask = askBy(siteResolver(asked));
    for (const name of ['intranet', 'intranet.', 'localhost'])
      for (const type of ['A', 'AAAA']) {
        const fault: unknown = await ask(name, type).catch((error: unknown) => error);
        expect(fault)
          .to.be.instanceOf(DnsError)
          .and.to.include({ kind: 'no-such-domain', code: 'ENOTFOUND' });
      }
    expect(await ask('mail.sender.test', 'A')).to.deep.equal(['192.0.2.7']);
    expect(asked).to.deep.equal(['mail.sender.test']);
  });

  it('are not looked up for the name of a client, and confirm none', async () => {
    const asked: string[] = [];
    const { names, confirmed } = await reverseNameOf('192.0.2.7', siteResolver(asked), 60_000);
    expect([names, confirmed]).to.deep.equal([['intranet', 'mail.sender.test'], 'mail.sender.test']);
    expect(asked).to.deep.equal(['mail.sender.test']);
  });
});
