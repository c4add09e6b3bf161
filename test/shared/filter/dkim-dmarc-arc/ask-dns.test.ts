import { askBy, type AuthenticationDns } from '@mailpair/shared/filter/dkim-dmarc-arc/ask-dns';
import { expect } from 'chai';
import { describe, it } from 'mocha';

describe('DNS as mailauth asks for it', () => {
  it('gives texts without long blanks, of which mailauth takes time by the square', async () => {
    const texts = [`v=DKIM1;${' \n'.repeat(8_000)}p=${' '.repeat(99)}AAAA`, 'v=spf1 -all'];
    const resolver = {
      resolveTxt: () => Promise.resolve(texts),
      resolveOddName: () => Promise.resolve(texts),
    } as unknown as AuthenticationDns;
    const expected = [[`v=DKIM1; p=${' '.repeat(99)}AAAA`], ['v=spf1 -all']];
    for (const name of ['k._domainkey.sender.test', 'odd name.sender.test'])
      expect(await askBy(resolver)(name, 'TXT')).to.deep.equal(expected);
  });
});
